"""Backups: one encrypted file each, with the database, the documents and the images at one moment.

A backup is `NAME.tar.gz.age`: a gzipped tar archive, encrypted in the format of age (https://age-encryption.org), so
that it can be opened without this program: `age --decrypt --identity KEYFILE NAME.tar.gz.age | tar xz`. In the archive
lie the database (`database`: of pg_dump's custom format, or a SQLite file), `documents/`, `media/`, and last the
manifest with its seal. age notices every damaged bit; the seal shows that the holder of the key made it.
"""
