#!/usr/bin/env python3
"""Every string that people see is listed for translation, and translated into every language."""

import os
import pathlib
import re
import subprocess
import sys

MARKED = re.compile(r'(\b(_|N_|C_|NC_|ngettext) ?\(|translatable="(yes|true)")')


def faults(root):
    listed = set((root / 'po/POTFILES').read_text(encoding='utf-8').split())
    for folder in ('app', 'engine', 'ui'):
        for path in sorted((root / folder).rglob('*')):
            name = path.relative_to(root).as_posix()
            if path.suffix in ('.c', '.ui') and name not in listed and MARKED.search(path.read_text(encoding='utf-8')):
                yield f'{name}: has strings and is not in po/POTFILES'

    for language in (root / 'po/LINGUAS').read_text(encoding='utf-8').split():
        checked = subprocess.run(['msgfmt', '--check', '--statistics', '--output-file', os.devnull,
                                  root / f'po/{language}.po'], capture_output=True, text=True, check=False)
        if checked.returncode != 0 or re.search('fuzzy|untranslated', checked.stderr):
            yield f'po/{language}.po: {checked.stderr.strip()}'


found = list(faults(pathlib.Path(sys.argv[1])))
print('\n'.join(found) or 'everything is translated')
sys.exit(1 if found else 0)
