"""Archives opened with care: what they would unpack to is looked at before."""

import zipfile
import zlib

_SIZE, _RATIO = 2**30, 200  # bytes unpacked at most, and times the bytes packed
_SMALL = 2**20  # bytes; what is smaller may be packed to any ratio


def opened(file, name):
    """A .zip (path or open file) as a `ZipFile`, if it is one and isn't made to fill the memory."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ValueError(f"{name} is no archive, or a damaged one ({error}). Get the file anew.") from None
    for one in archive.infolist():
        packed = max(one.compress_size, 1)
        if one.flag_bits & 1:
            raise ValueError(f"{name}: {one.filename} is encrypted. Unpack it with its password and read the folder.")
        if one.file_size > _SIZE or (one.file_size > _SMALL and one.file_size > _RATIO * packed):
            size = f"{one.file_size / 2**20:,.0f} MB, {one.file_size // packed:,} times what it is packed"
            told = f"{name}: {one.filename} would unpack to {size}"
            raise ValueError(f"{told}. It is not read, as such archives do harm.")
    return archive


def content(archive, member, name):
    """A member's bytes, no more than the archive declares."""
    try:
        with archive.open(member) as file:
            return file.read()
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error) as error:
        raise ValueError(f"{name}: {member} is damaged ({error}). Get the file anew.") from None
