#!/usr/bin/env python3
"""Make imagenet-classes.tsv anew from WordNet 3.0's data.noun.

    make-imagenet-classes.py /usr/share/wordnet/data.noun < ids > imagenet-classes.tsv

Standard input holds the 1000 WordNet ids of the ILSVRC2012 classes, one a line
(further columns are ignored; the second column of the old table will do:
`cut -f2 imagenet-classes.tsv`). A class's index is the rank of its id; an id is
"n" and the eight-digit offset of a noun's synset; a class's names are the lemmas
of that synset in WordNet's order.
"""

import re
import sys


def read_names(path, wanted):
    """The lemmas of each wanted synset: see wndb(5WN) for the line's fields."""
    names = {}
    with open(path, encoding="utf-8") as nouns:
        for line in nouns:
            fields = line.split(" ")
            wnid = "n" + fields[0]
            if wnid in wanted:
                n_words = int(fields[3], 16)
                words = fields[4:4 + 2 * n_words:2]
                names[wnid] = ", ".join(word.replace("_", " ") for word in words)
    return names


def main():
    wanted = sorted(set(re.findall(r"^n\d{8}\b", sys.stdin.read(), re.MULTILINE)))
    names = read_names(sys.argv[1], set(wanted))
    print("index", "wnid", "names", sep="\t")
    for index, wnid in enumerate(wanted):
        print(index, wnid, names[wnid], sep="\t")


if __name__ == "__main__":
    main()
