"""The console: server-rendered pages for people, in Chinese and English, without a build step."""
