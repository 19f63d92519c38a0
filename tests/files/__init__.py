"""Files that go in and come out: workbooks, templates, exports, reports."""
