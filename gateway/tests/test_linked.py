"""What files of pages name one another, seen ahead by the server."""

from __future__ import annotations

import re
from pathlib import Path

from gateway import linked
from gateway.tests.conftest import OpenGateway

FILES = {
    "app/main.js": b'import { a } from "./core/a.js";\nimport"../vendor/v.js";\nstart(() => import("./pages/later.js"));\n',
    "app/core/a.js": b'/** @type {import("./types.js").T} */\nexport { b } from "./b.js";\nimport "./gone.js";\n',
    "app/core/b.js": b'import {\n  c,\n  d,\n} from "../core/a.js";\nexport const told = "from ./words.js";\n',
    "app/core/types.js": b"",
    "app/pages/later.js": b'import { b } from "../core/b.js";\nimport { e } from "./e.js";\n',
    "app/pages/e.js": b"export const e = 1;\n",
    "vendor/v.js": b'import{w as t}from"./w.js";const a="x";export{a as b};export*from"./all.js";\n',
    "vendor/w.js": b"",
    "vendor/all.js": b"",
    "css/site.css": b'@import "../vendor/part/part.css";\n@import "./own.css";\nmain { color: red }\n',
    "css/own.css": b'a { src: url("../fonts/f.woff2") }\n',
    "vendor/part/part.css": b'b { src: url("./g.woff2"); background: url("data:x") }\n',
}


def test_all_that_a_module_imports_is_found_once_and_what_it_only_may_import_is_not():
    found = linked.modules(["app/main.js"], FILES.get)

    assert found[0] == "app/main.js"
    assert sorted(found[1:]) == [
        "app/core/a.js",
        "app/core/b.js",
        "vendor/all.js",
        "vendor/v.js",
        "vendor/w.js",
    ]


def test_a_module_of_a_page_brings_what_it_needs_beyond():
    beyond = set(linked.modules(["app/main.js", "app/pages/later.js"], FILES.get)) - set(
        linked.modules(["app/main.js"], FILES.get)
    )

    assert beyond == {"app/pages/later.js", "app/pages/e.js"}


def test_a_stylesheet_carries_what_it_imports_and_addresses_still_lead_there():
    sheet = linked.sheet("css/site.css", FILES.get).decode()

    assert sheet == (
        'b { src: url("../vendor/part/g.woff2"); background: url("data:x") }\n'
        'a { src: url("../fonts/f.woff2") }\n'
        "main { color: red }\n"
    )


def test_the_shell_names_the_modules_of_the_page_that_is_asked_for(open_small: OpenGateway, tmp_path: Path):
    pages = tmp_path / "site"
    for name, content in FILES.items():
        (pages / name).parent.mkdir(parents=True, exist_ok=True)
        (pages / name).write_bytes(content)
    (pages / "shell.html").write_text(
        '<!-- modules of app/main.js --><script src="/assets/__BUILD__/app/main.js">'
    )
    (pages / "addresses.txt").write_text("/\n/late/:id app/pages/later.js\n")
    site = open_small(FRONTEND_DIR=pages)

    def named(path: str) -> set[str]:
        text = site.send("GET", path).data.decode()
        return set(re.findall(r'<link rel="modulepreload" href="/assets/[0-9a-f]{16}/([^"]+)">', text))

    everywhere = {"app/core/a.js", "app/core/b.js", "vendor/all.js", "vendor/v.js", "vendor/w.js"}
    assert named("/") == everywhere
    assert named("/late/7") == everywhere | {"app/pages/later.js", "app/pages/e.js"}
    assert site.send("GET", "/nowhere").status == 404
