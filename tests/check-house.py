#!/usr/bin/env python3
"""Holds the sources against the plan of the house: who may include whom."""

import pathlib
import re
import sys

# Each engine folder, and the folders that it may look into besides itself.
ENGINE = {
    'core': [],
    'kernels': ['core'],
    'ops': ['core', 'kernels'],
    'network': ['core', 'kernels', 'ops'],
    'formats': ['core', 'ops', 'network'],
    'plan': ['core', 'kernels', 'ops', 'network'],
    'run': ['core', 'kernels', 'ops', 'network', 'plan'],
    'image': ['core'],
    'dataset': ['core', 'image'],
    'card': ['core', 'network', 'formats', 'image', 'dataset'],
    'evaluate': ['core', 'ops', 'network', 'run', 'image', 'dataset'],
    'lessons': ['core', 'ops'],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.MULTILINE)


def engine_faults(path, folder, includes):
    for name in includes:
        first = name.split('/')[0]
        if re.match(r'(gtk|gdk|gsk|adwaita|cairo)', first) and not first.startswith('gdk-pixbuf'):
            yield f'{path}: the engine includes {name}'
        if '/' in name and first in ENGINE and first != folder and first not in ENGINE[folder]:
            yield f'{path}: {folder} may not include {name}: the engine looks downhill only'
    # The files that are compiled for one instruction set stand alone.
    if folder == 'kernels' and len(path.parts) > path.parts.index('kernels') + 2:
        for name in includes:
            if name.startswith(('glib', 'gio', 'core/')):
                yield f'{path}: a kernel of one instruction set includes {name}'


def faults(root):
    for path in sorted(root.glob('engine/*/**/*.[ch]')):
        includes = INCLUDE.findall(path.read_text(encoding='utf-8'))
        yield from engine_faults(path.relative_to(root), path.relative_to(root).parts[1], includes)

    for path in sorted(root.glob('ui/**/*.[ch]')):
        for name in INCLUDE.findall(path.read_text(encoding='utf-8')):
            if '-private.h' in name and '/' in name or name.startswith('app/'):
                yield f'{path.relative_to(root)}: a widget includes {name}'

    # What works without a display.
    for path in sorted([*root.glob('app/cli/**/*.[ch]'), *root.glob('ui/charts/**/*.[ch]')]):
        for name in INCLUDE.findall(path.read_text(encoding='utf-8')):
            if name.startswith(('gtk/', 'adwaita', 'gdk/')):
                yield f'{path.relative_to(root)}: needs a display, as it includes {name}'


found = list(faults(pathlib.Path(sys.argv[1])))
print('\n'.join(found) or 'the house stands as planned')
sys.exit(1 if found else 0)
