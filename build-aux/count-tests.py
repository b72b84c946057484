#!/usr/bin/env python3
"""Sums up Meson's JUnit log: one line that counts test cases, not programs."""

import sys
import xml.etree.ElementTree as ElementTree


def main(path, status):
    passed = failed = skipped = 0
    for case in ElementTree.parse(path).iter('testcase'):
        if case.find('failure') is not None or case.find('error') is not None:
            failed += 1
            print('failed:', case.get('classname'), case.get('name'), file=sys.stderr)
        elif case.find('skipped') is not None:
            skipped += 1
            print('skipped:', case.get('classname'), case.get('name'), file=sys.stderr)
        else:
            passed += 1
    # A program that died before it could name a case has failed too.
    if status != 0 and failed == 0:
        failed = 1
    print(f'{passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1], int(sys.argv[2])))
