"""The console in a real browser: from an invitation to a verified package, and every page for everybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from harness.commands import ROOT, Cli
from harness.serving import Served, serving

from node.identity.permissions import Role
from node.identity.service import command_principal
from node.wiring import open_node

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "copper lantern at dusk"
RECORDINGS = sorted((ROOT / "scripts" / "demo").glob("*.wav"))
EVERYTHING = tuple(Role)
WAIT = 30_000

pytestmark = [
    pytest.mark.anvil,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: run npm ci"),
]


@contextmanager
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


def invitation(served: Served, *roles: Role) -> str:
    """Return a link, as the administrator hands it over."""
    with open_node(served.cli.home) as node:
        token = node.identity.invitations.invite(roles, by=command_principal("test"))
    return f"{served.address}/invitation/{token}"


def join(page: Any, link: str, login: str = "wangfang") -> None:
    """Accept an invitation and sign in, as a person does."""
    page.goto(link)
    page.get_by_label("Name").fill("王芳")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Set up a second factor").wait_for()
    page.get_by_role("link", name="Later").click()
    page.get_by_role("heading", name="Overview").wait_for()


def upload(page: Any) -> str:
    """Upload the recordings of the demo and return the address of the first one's page."""
    page.get_by_role("navigation").get_by_role("link", name="Upload").click()
    page.get_by_label("Case number").fill("2026-000123")
    page.get_by_label("Persons' identifiers").fill("11010519491231002X")
    page.get_by_label("Note").fill("first call")
    page.locator("#files").set_input_files([str(each) for each in RECORDINGS])
    links = page.locator("#queue a")
    for at in range(len(RECORDINGS)):
        links.nth(at).wait_for(timeout=WAIT)
    return str(links.last.get_attribute("href"))


def until_anchored(page: Any, address: str) -> None:
    for _ in range(120):
        page.goto(address)
        if page.locator(".head .chip", has_text="anchored").count():
            return
        page.wait_for_timeout(250)
    pytest.fail("not anchored in time")


def package_of(page: Any, folder: Path) -> Path:
    """Withhold a field, look at the preview, and download the package."""
    page.get_by_role("link", name="Evidence package").first.click()
    page.get_by_label("persons").uncheck()
    page.get_by_role("button", name="Preview").click()
    preview = page.locator("#preview")
    preview.get_by_text("withheld").wait_for()
    assert "2026-000123" in preview.inner_text()
    assert "11010519491231002X" not in preview.inner_text()
    with page.expect_download(timeout=WAIT) as download:
        page.get_by_role("button", name="Make and download").click()
    target = folder / "package.zip"
    download.value.save_as(target)
    return target


def violations(page: Any) -> list[str]:
    """Return what the accessibility checker finds serious or worse."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def quiet(page: Any) -> list[str]:
    """Collect what the browser complains about: scripts that fail, policies that are broken."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "console",
        lambda message: said.append(message.text) if "Content Security" in message.text else None,
    )
    return said


def test_from_an_invitation_to_a_verified_package(bank: Cli, tmp_path: Path) -> None:
    with serving(bank) as served, browser() as opened:
        page = opened.new_page(locale="en-GB", accept_downloads=True)
        said = quiet(page)
        join(page, invitation(served, *EVERYTHING))
        address = served.address + upload(page)
        assert violations(page) == []
        shoot(page, tmp_path / "uploaded.png")
        until_anchored(page, address)
        page.get_by_role("button", name="Show the fields").click()
        page.locator("#clear-fields").get_by_text("first call").wait_for()
        assert violations(page) == []
        shoot(page, tmp_path / "item.png")
        package = package_of(page, tmp_path)
        assert violations(page) == []
        shoot(page, tmp_path / "preview.png")
        page.goto(f"{served.address}/account")
        page.get_by_role("button", name="Set up a second factor").click()
        page.get_by_role("img", name="QR code").wait_for()
        assert violations(page) == []
        shoot(page, tmp_path / "second-factor.png")
        stranger = opened.new_page(locale="zh-CN")
        said_there = quiet(stranger)
        stranger.goto(f"{served.address}/verify")
        stranger.locator("#package").set_input_files(str(package))
        stranger.get_by_text("结论：", exact=False).wait_for(timeout=WAIT)
        report = stranger.locator("#report").inner_text()
        assert "V17" in report
        assert "已否定" not in report
        assert "电子签名法 第十三条" in report
        assert violations(stranger) == []
        shoot(stranger, tmp_path / "verified.png")
        assert said == said_there == []


def shoot(page: Any, target: Path) -> None:
    page.screenshot(path=str(target), full_page=True)


def pages(page: Any, served: Served, evidence: str) -> list[tuple[str, str]]:
    """Return every page that somebody with all roles can see, by name."""
    page.goto(served.address + evidence)
    case = str(page.get_by_role("link", name="in its case").get_attribute("href"))
    page.goto(f"{served.address}/operators")
    operator = str(page.locator("tbody a").first.get_attribute("href"))
    page.goto(served.address + evidence)
    page.get_by_text("Ask for erasure").first.click()
    page.get_by_label("Reason").fill("retention is over")
    page.get_by_role("button", name="Ask for erasure").click()
    page.get_by_text("another person decides").first.wait_for()
    release = page.url.removeprefix(served.address).partition("?")[0]
    named = {
        "overview": "/", "list": "/evidence", "item": evidence, "package": f"{evidence}/package",
        "upload": "/upload", "cases": "/cases", "case": case, "releases": "/releases",
        "release": release, "verify": "/verify", "audit": "/audit", "operators": "/operators",
        "operator": operator, "tokens": "/tokens", "settings": "/settings", "account": "/account",
        "step-up": "/step-up", "offer": "/account/second-factor", "nowhere": "/nowhere",
    }  # fmt: skip
    return list(named.items())


def test_every_page_is_accessible_in_both_languages(bank: Cli, tmp_path: Path) -> None:
    with serving(bank) as served, browser() as opened:
        page = opened.new_page(locale="en-GB", viewport={"width": 1280, "height": 800})
        said, found = quiet(page), {}
        link = invitation(served, *EVERYTHING)
        page.goto(link)
        found["invitation"] = violations(page)
        shoot(page, tmp_path / "invitation.png")
        join(page, link)
        evidence = upload(page)
        until_anchored(page, served.address + evidence)
        listed = pages(page, served, evidence)
        for language in ("zh", "en"):
            page.goto(f"{served.address}/language/{language}")
            for name, path in listed:
                page.goto(served.address + path)
                found[f"{name} {language}"] = violations(page)
                shoot(page, tmp_path / f"{name}-{language}.png")
        page.emulate_media(color_scheme="dark")
        for name, path in listed:
            page.goto(served.address + path)
            found[f"{name} dark"] = violations(page)
            shoot(page, tmp_path / f"{name}-dark.png")
        page.set_viewport_size({"width": 390, "height": 844})
        for name, path in listed:
            page.goto(served.address + path)
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, name
            shoot(page, tmp_path / f"{name}-narrow.png")
        page.get_by_role("button", name="Sign out").click()
        found["login"] = violations(page)
        page.evaluate("document.querySelector('main').append(new Image())")
        assert violations(page) != []  # the checker does check
        shoot(page, tmp_path / "login.png")
        assert {name: each for name, each in found.items() if each} == {}
        assert said == []


def test_a_broken_upload_goes_on_where_it_stopped(bank: Cli, tmp_path: Path) -> None:
    recording = tmp_path / "long call.wav"
    recording.write_bytes(bytes(range(256)) * 80 * 1024)
    offsets: list[int] = []
    with serving(bank) as served, browser() as opened:
        page = opened.new_page(locale="en-GB")
        join(page, invitation(served, *EVERYTHING))
        breaks = {2, 4, 5, 6, 7, 8, 9, 10}

        def unreliable(route: Any) -> None:
            if route.request.method == "PATCH":
                offsets.append(int(route.request.headers["upload-offset"]))
                if len(offsets) in breaks:
                    route.abort()
                    return
            route.continue_()

        page.route("**/v1/uploads/*", unreliable)
        page.clock.install()

        def choose() -> None:
            page.goto(f"{served.address}/upload")
            page.locator("#files").set_input_files(str(recording))

        choose()
        again = page.get_by_role("button", name="Go on")
        for _ in range(200):
            if again.count():
                break
            page.clock.run_for(31_000)
            page.wait_for_timeout(50)
        assert len(offsets) == max(breaks)
        assert violations(page) == []
        breaks.clear()
        before = len(offsets)
        choose()
        page.locator("#queue a").wait_for(timeout=WAIT)
        assert offsets[before:] == [2 * 8 * 1024 * 1024]
        page.locator("#queue a").click()
        page.get_by_text("20.0 MiB").first.wait_for()
