//! Zip archives: what they hold, by the directory at their end.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::DeflateDecoder;

/// A file inside an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its path inside the archive.
    pub name: String,
    offset: u64,
    packed: u64,
    method: u16,
    encrypted: bool,
}

const END: &[u8] = b"PK\x05\x06";
const ENTRY: u32 = 0x0201_4b50;
/// The size of the record at the end, and the largest comment after it.
const END_SIZE: u64 = 22;
const MAX_COMMENT: u64 = 65_535;

/// The files of an archive in the order of its directory, without folders and what macOS adds.
pub(crate) fn members(path: &Path) -> io::Result<Vec<Member>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let tail_size = size.min(END_SIZE + MAX_COMMENT);
    file.seek(SeekFrom::Start(size - tail_size))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let end = memchr::memmem::rfind(&tail, END)
        .ok_or_else(|| damaged("its directory is missing; it may be cut off"))?;
    let (count, length, start) =
        (number(&tail, end + 10, 2)?, number(&tail, end + 12, 4)?, number(&tail, end + 16, 4)?);
    if count == 0xffff || start == 0xffff_ffff {
        return Err(damaged(
            "it is of the form for more than 4 GB, which is not read; unpack it and load what it holds",
        ));
    }
    file.seek(SeekFrom::Start(start))?;
    let mut directory = Vec::new();
    file.take(length).read_to_end(&mut directory)?;
    let mut members = Vec::new();
    let mut at = 0;
    for _ in 0..count {
        if number(&directory, at, 4)? != u64::from(ENTRY) {
            return Err(damaged("its directory is damaged"));
        }
        let (name, extra, comment) = (
            number(&directory, at + 28, 2)?,
            number(&directory, at + 30, 2)?,
            number(&directory, at + 32, 2)?,
        );
        let name_end = at + 46 + name as usize;
        let name = directory.get(at + 46..name_end).ok_or_else(|| damaged("its directory is damaged"))?;
        let member = Member {
            name: String::from_utf8_lossy(name).into_owned(),
            offset: number(&directory, at + 42, 4)?,
            packed: number(&directory, at + 20, 4)?,
            method: number(&directory, at + 10, 2)? as u16,
            encrypted: number(&directory, at + 8, 2)? & 1 == 1,
        };
        if !member.name.ends_with('/') && !member.name.starts_with("__MACOSX/") {
            members.push(member);
        }
        at = name_end + (extra + comment) as usize;
    }
    Ok(members)
}

/// The content of a member.
pub(super) fn reader(path: &Path, member: &Member) -> io::Result<Box<dyn Read + Send>> {
    if member.encrypted {
        return Err(damaged("it is encrypted; unpack it and load what it holds"));
    }
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(member.offset))?;
    let mut local = [0; 30];
    file.read_exact(&mut local)?;
    let skip = number(&local, 26, 2)? + number(&local, 28, 2)?;
    file.seek(SeekFrom::Current(skip as i64))?;
    let packed = file.take(member.packed);
    match member.method {
        0 => Ok(Box::new(packed)),
        8 => Ok(Box::new(DeflateDecoder::new(packed))),
        _ => Err(damaged("it is compressed in a way that is not read; unpack it and load what it holds")),
    }
}

fn number(bytes: &[u8], at: usize, size: usize) -> io::Result<u64> {
    let digits = bytes.get(at..at + size).ok_or_else(|| damaged("its directory is damaged"))?;
    Ok(digits.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

fn damaged(why: &str) -> io::Error {
    io::Error::other(format!("a zip archive: {why}"))
}
