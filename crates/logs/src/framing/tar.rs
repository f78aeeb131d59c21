//! Tar archives, plain or compressed: what they hold, by one walk over their headers.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use tar::{Archive, Entry, EntryType};

use super::open::decompressed;

/// A file inside an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its path inside the archive.
    pub name: String,
    offset: u64,
    size: u64,
}

/// Whether the first bytes are those of an archive.
pub(super) fn is_tar(magic: &[u8]) -> bool {
    magic.get(257..262) == Some(b"ustar")
}

/// The files of an archive in its order, without folders and what macOS adds, and why it cannot be read beyond them.
pub(super) fn members(path: &Path) -> (Vec<Member>, Option<String>) {
    let mut members = Vec::new();
    let listed = list(path, &mut members).err();
    (members, listed.map(|error| format!("a tar archive of which what follows cannot be read: {error}")))
}

fn list(path: &Path, members: &mut Vec<Member>) -> io::Result<()> {
    let file = File::open(path)?;
    if compressed(path)? {
        return walk(Archive::new(decompressed(file)?).entries()?, members);
    }
    walk(Archive::new(file).entries_with_seek()?, members)
}

fn walk<'a, R: Read + 'a>(
    entries: impl Iterator<Item = io::Result<Entry<'a, R>>>,
    members: &mut Vec<Member>,
) -> io::Result<()> {
    for entry in entries {
        let entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        match entry.header().entry_type() {
            EntryType::GNUSparse => return Err(io::Error::other(format!("{name} is a file with holes"))),
            EntryType::Regular | EntryType::Continuous => {}
            _ => continue,
        }
        if name.rsplit('/').next().is_some_and(|file| !file.starts_with("._")) {
            members.push(Member { name, offset: entry.raw_file_position(), size: entry.size() });
        }
    }
    Ok(())
}

/// The content of a member. That of a compressed archive is decompressed from its beginning.
pub(super) fn reader(path: &Path, member: &Member) -> io::Result<Box<dyn Read + Send>> {
    let mut file = File::open(path)?;
    if !compressed(path)? {
        file.seek(SeekFrom::Start(member.offset))?;
        return Ok(Box::new(Content { inner: file, left: member.size }));
    }
    let mut plain = decompressed(file)?;
    io::copy(&mut (&mut plain).take(member.offset), &mut io::sink())?;
    Ok(Box::new(Content { inner: plain, left: member.size }))
}

/// So many bytes of a stream, whose earlier end is an error.
struct Content<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Content<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.inner.read(&mut buffer[..wanted])?;
        if count == 0 && wanted > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

fn compressed(path: &Path) -> io::Result<bool> {
    let mut magic = Vec::new();
    File::open(path)?.take(512).read_to_end(&mut magic)?;
    Ok(!is_tar(&magic))
}
