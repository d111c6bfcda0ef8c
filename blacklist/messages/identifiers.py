"""What is said about an identifier that is refused. No text has a place for the identifier itself."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
IDENTIFIER_ERRORS: Final[Mapping[str, Message]] = {
    "identifier-empty": Message("标识为空。", "The identifier is empty.", "请填写号码；没有号码的，不要用符号代替。", "Give the number; where there is none, give nothing instead."),
    "identifier-too-long": Message("标识超过 {limit} 个字符。", "The identifier has over {limit} characters.", "每项只填一个号码。", "One number a field."),
    "identifier-character": Message("第 {position} 个字符不属于该类标识。", "Character {position} does not belong to this kind of identifier.", "请核对该字符：形近的字母与数字（O/0、I/1）、其他文字的字母、上角标、小数点或两个号码写在一起。", "Look at that character: letters for digits (O/0, I/1), letters of another script, a footnote mark, a decimal point, or two numbers in one field."),
    "identifier-look-alike": Message("手工录入的证件号码第 {position} 个字符可能是字母 O、I、L，也可能是数字 0、1。", "Character {position} of a typed document number may be a letter O, I or L, or a digit 0 or 1.", "请改录护照机读区第二行（44 个字符），字母 L 请用大写。", "Give the second line of the machine-readable zone (44 characters); write L as a capital."),
    "identifier-length": Message("长度为 {found}，应为 {expected}。", "The length is {found}; it should be {expected}.", "请对照证件核对，不要补零或截取。", "Compare with the document; neither pad nor cut."),
    "identifier-check-letter": Message("字母 X 只能是第 18 位。", "An X can only be the 18th character.", "请对照证件核对。", "Compare with the document."),
    "identifier-check-digit": Message("校验位不符：号码有误。", "The check digit does not fit: the number is wrong.", "请对照证件核对；不要改校验位。", "Compare with the document; do not change the check digit."),
    "identifier-region": Message("地区代码不存在。", "There is no such region code.", "请对照证件核对前几位。", "Compare the first characters with the document."),
    "identifier-birth-date": Message("号码中的出生日期不存在。", "The day of birth in the number does not exist.", "请对照证件核对。", "Compare with the document."),
    "identifier-birth-before": Message("号码中的出生日期早于 {year} 年。", "The day of birth in the number is before {year}.", "请对照证件核对。", "Compare with the document."),
    "identifier-birth-future": Message("号码中的出生日期晚于今天。", "The day of birth in the number is in the future.", "请对照证件核对，并检查本机日期。", "Compare with the document, and check this machine's date."),
    "identifier-centenarian": Message("15 位号码的顺序码属 1900 年以前出生者。", "The sequence of the 15-digit number is kept for people born before 1900.", "请使用 18 位号码。", "Use the 18-digit number."),
    "identifier-placeholder": Message("号码全为零或全为同一字符，是占位符。", "The number is all zeros or all one character: a placeholder.", "没有号码的，请留空。", "Where there is no number, give none."),
    "identifier-other-type": Message("这是另一类标识（{expected}）。", "This is an identifier of another type ({expected}).", "请按该类型录入。", "Enter it as that type."),
    "identifier-address": Message("地址尚不能作为黑名单标识：没有经过检验的规范化方法。", "Addresses cannot be identifiers yet: there is no tested way to write them in one form.", "请使用其他标识。", "Use another identifier."),
    "identifier-phone-form": Message("不是电话号码，或固定电话缺少区号，或境外号码缺少国家代码。", "Not a phone number, or a fixed one without its area code, or a foreign one without its country.", "手机填 11 位；固定电话填 0 加区号；境外号码以 + 或 00 加国家代码开头。", "Mobile: 11 digits; fixed: 0 and the area code first; foreign: + or 00 and the country first."),
    "identifier-phone-extension": Message("电话号码带有分机号。", "The phone number has an extension.", "分机不能识别个人；请使用手机号码或不带分机的号码。", "An extension identifies nobody; use a mobile number, or the number without it."),
    "identifier-phone-service": Message("客服号码（400、800、95 等）不属于个人。", "A service number (400, 800, 95…) belongs to no person.", "请使用本人号码。", "Use the person's own number."),
    "identifier-phone-country": Message("没有此国家代码。", "There is no such country code.", "请核对 + 或 00 之后的数字。", "Check the digits after + or 00."),
    "identifier-phone-trunk": Message("境外号码含有国际格式中不拨的数字（例如国家代码后的 0）。", "The foreign number has digits that are not dialled from abroad (such as a 0 after the country).", "请去掉这些数字，例如 +44 (0)20… 写作 +44 20…。", "Leave them out: +44 (0)20… is +44 20…."),
    "identifier-phone-length": Message("该国家没有这样长度的号码。", "That country has no numbers of this length.", "请核对号码。", "Check the number."),
    "identifier-registration-number": Message("这是 15 位工商注册号或税务登记号，不是统一社会信用代码。", "This is a 15-digit registration or tax number, not a credit code.", "请在营业执照或国家企业信用信息公示系统查得 18 位统一社会信用代码，或用旧组织机构代码证上的 9 位代码。", "Take the 18-character code from the licence or the national credit information system, or the nine characters of the old organisation code certificate."),
    "identifier-device": Message("既不是 IMEI，也不是 MEID。", "Neither an IMEI nor a MEID.", "请在手机上拨 *#06# 查看；MAC 地址与广告标识会变，不接受。", "Dial *#06# on the phone; MAC addresses and advertising identifiers change and are not taken."),
    "identifier-issuer-missing": Message("证件缺少签发者。", "The document's issuer is missing.", "护照填机读区 P< 之后的代码；通行证填 CHN-HM 或 CHN-TW，15 位永久居留身份证填 CHN-PR。", "Passports: the code after P< in the machine-readable zone; permits: CHN-HM, CHN-TW, or CHN-PR for a permanent resident's 15 characters."),
    "identifier-issuer-unexpected": Message("只有旅行证件有签发者。", "Only travel documents have an issuer.", "请去掉签发者，或更正类型。", "Leave the issuer out, or correct the type."),
    "identifier-issuer-unknown": Message("没有此签发者代码。", "There is no such issuer.", "护照填机读区 P< 之后的代码（三个字母，德国为 D）；通行证填 CHN-HM、CHN-TW、CHN-PR。", "Passports: the code after P< in the machine-readable zone (three letters, D for Germany); permits: CHN-HM, CHN-TW, CHN-PR."),
    "identifier-issuer-territory": Message("该地区不以此代码签发护照。", "That territory issues no passports under this code.", "请填机读区 P< 之后的代码；香港、澳门特别行政区护照为 CHN。", "Give the code after P< in the machine-readable zone; Hong Kong and Macao passports have CHN."),
    "identifier-permit-form": Message("号码不是该种证件的形式。", "The number is not of this document's form.", "请对照证件核对号码与证件种类。", "Compare the number and the kind of document."),
    "identifier-permit-as-passport": Message("该号码像是通行证号码，不是中国护照号码。", "The number looks like a permit's, not like a Chinese passport's.", "通行证请填签发者 CHN-HM 或 CHN-TW；确是护照的，请录机读区第二行。", "For a permit give CHN-HM or CHN-TW; if it is a passport, give the second line of its machine-readable zone."),
}
# fmt: on
