"""Browser code: ES modules served as they are. A package only so that its tests have a name of their own."""
