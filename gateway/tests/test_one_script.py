"""Modules of our pages in one script: run by Node, they do what they did one by one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gateway import linked
from gateway.assets import AssetFolder
from gateway.one_script import NotLinkable, one_script

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
HELD = {
    "app/core/a.js": 'import { b as other } from "./b.js";\nexport const a = () => `a${other}`;\n'
    "export const at = import.meta.url;\n",
    "app/core/b.js": 'export { whole } from "../../vendor/v.js";\nexport const b = "b";\n'
    'export function late() {\n  return import("../pages/late.js");\n}\n',
    "vendor/v.js": 'import{w as t}from"./w.js";const e={w:t};class i{}export{e as whole,i as default};',
    "vendor/w.js": "export const w = 7;\n",
}
OTHERS = {
    "app/main.js": 'import * as b from "./core/b.js";\nimport V from "../vendor/v.js";\n'
    'import { a, at } from "./core/a.js";\n'
    'const { again, e } = await b.late();\nconst lazily = await import("./core/a.js");\n'
    "console.log(a(), b.whole.w, typeof V, again === a, e, lazily.a === a, at.split('/').slice(-2).join('/'));\n",
    "app/pages/late.js": 'export { a as again } from "../core/a.js";\nexport { e } from "./e.js";\n',
    "app/pages/e.js": 'export const e = "e";\n',
}

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no Node")


@needs_node
def test_what_was_many_modules_runs_as_one_script_with_each_of_them_once(tmp_path: Path):
    written = one_script("app/together.js", HELD, OTHERS)
    for name, text in {**written, "package.json": '{"type": "module"}'}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    said = subprocess.run(
        ["node", tmp_path / "app/main.js"], capture_output=True, text=True, timeout=30, check=False
    )

    assert said.stdout.strip() == "ab 7 function true e true core/a.js", said.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("export let a = 1;\n", "export let"),
        ("export default 1;\n", "export default"),
        ('export * from "./b.js";\n', "export \\*"),
        ('import "./b.js";\n', 'import "./b.js"'),
        ('import { m } from "./main.js";\n', "main.js"),
        ('import { b } from "./a.js";\n', "by way of others"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, words: str):
    with pytest.raises(NotLinkable, match=words):
        one_script("together.js", {"a.js": text, "b.js": "export const b = 1;\n"}, {})


@needs_node
def test_our_own_pages_travel_in_one_script_that_node_can_read(tmp_path: Path):
    folder = AssetFolder(FRONTEND)
    script, main = folder.find("app/together.js"), folder.find("app/main.js")
    assert script is not None
    assert main is not None
    assert folder.find("app/core/i18n.js") is None, "a second copy of a module would have a state of its own"
    assert set(folder.modules(["app/main.js", "app/pages/home.js"])) == {
        "app/main.js",
        "app/pages/home.js",
        "app/together.js",
    }, "each file more is a request more"

    for name in [name for name in folder.names() if name.endswith(".js") and not name.startswith("vendor/")]:
        asset = folder.find(name)
        assert asset is not None
        copy = tmp_path / ("script.js" if name in ("app/first.js", "sw.js") else "module.mjs")
        copy.write_bytes(asset.content)
        read = subprocess.run(
            ["node", "--check", copy], capture_output=True, text=True, timeout=30, check=False
        )
        assert read.returncode == 0, f"{name}: {read.stderr}"


def test_every_module_of_a_page_finds_what_it_imports():
    folder = AssetFolder(FRONTEND)
    contents = {name: asset.content for name in folder.names() if (asset := folder.find(name))}

    lost = [
        f"{name}: {address.decode()}"
        for name, content in contents.items()
        if name.endswith(".js")
        for address in linked.IMPORTED_MODULE.findall(content)
        if linked.beside(name, address) not in contents
    ]

    assert lost == []
