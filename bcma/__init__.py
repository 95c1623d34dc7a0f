"""Barcode medication administration: the core of the product, without Qt and without paper.

Three words run through it: Scan, Verdict, Record. Every module belongs to one of
them, or feeds one.
"""
