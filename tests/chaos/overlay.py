"""The source of a sitecustomize module that changes other modules' source while they are imported."""

SITECUSTOMIZE = '''
import importlib.abc
import importlib.machinery
import json
import pathlib
import sys

CHANGES = json.loads(pathlib.Path(__file__).with_name("changes.json").read_text())


class Changed(importlib.machinery.SourceFileLoader):
    """Loads a module with some of its lines replaced; one that is not there ends the start."""

    def get_code(self, name):
        source = pathlib.Path(self.path).read_text(encoding="utf-8")
        for old, new in CHANGES[name]:
            if source.count(old) != 1:
                sys.exit(f"overlay: {name} does not say once: {old!r}")
            source = source.replace(old, new)
        return compile(source, self.path, "exec", dont_inherit=True)


class Overlay(importlib.abc.MetaPathFinder):
    """Finds the modules that are to be changed, and leaves the others to the usual finders."""

    def find_spec(self, name, path=None, target=None):
        if name not in CHANGES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        spec.loader = Changed(name, spec.origin)
        return spec


sys.meta_path.insert(0, Overlay())
'''
