//! Tar archives, plain or compressed: what they hold, by one walk over their headers.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tar::{Archive, Entry, EntryType};
use tempfile::SpooledTempFile;

use super::open::decompressed;

/// A file inside an archive.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// Its path inside the archive.
    pub name: String,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    /// Bytes of the archive's file, or of what it was unpacked to.
    At { offset: u64, size: u64, unpacked: Option<Unpacked> },
    /// Why it cannot be read.
    Refused(String),
}

/// A compressed archive without its compression, so that no member needs those before it. It goes when the last member
/// goes, and is in memory while it is small.
type Unpacked = Arc<Mutex<SpooledTempFile>>;

/// The size up to which an unpacked archive stays in memory.
const IN_MEMORY: usize = 32 << 20;

/// Whether the first bytes are those of an archive.
pub(super) fn is_tar(magic: &[u8]) -> bool {
    magic.get(257..262) == Some(b"ustar")
}

/// The files of an archive in its order, without folders, and why it cannot be read beyond them.
pub(super) fn members(path: &Path) -> (Vec<Member>, Option<String>) {
    let mut members = Vec::new();
    let listed = list(path, &mut members).err();
    (members, listed.map(|error| format!("a tar archive of which what follows cannot be read: {error}")))
}

fn list(path: &Path, members: &mut Vec<Member>) -> io::Result<()> {
    let file = File::open(path)?;
    if !is_compressed(path)? {
        return walk(Archive::new(file).entries_with_seek()?, None, members);
    }
    let (unpacked, cut) = unpack(decompressed(file)?)?;
    let unpacked = Arc::new(Mutex::new(unpacked));
    let reader = Shared { file: Arc::clone(&unpacked), at: 0 };
    walk(Archive::new(reader).entries_with_seek()?, Some(&unpacked), members)?;
    cut.map_or(Ok(()), Err)
}

/// What a compressed stream holds, as far as it goes, and why it ends before its end.
fn unpack(mut stream: impl Read) -> io::Result<(SpooledTempFile, Option<io::Error>)> {
    let mut unpacked = SpooledTempFile::new(IN_MEMORY);
    let mut block = vec![0; 1 << 16];
    let cut = loop {
        match stream.read(&mut block) {
            Ok(0) => break None,
            Ok(count) => unpacked.write_all(&block[..count]).map_err(|error| {
                io::Error::other(format!("it cannot be unpacked to a temporary file: {error}"))
            })?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Some(error),
        }
    };
    Ok((unpacked, cut))
}

fn walk<'a, R: Read + 'a>(
    entries: impl Iterator<Item = io::Result<Entry<'a, R>>>,
    unpacked: Option<&Unpacked>,
    members: &mut Vec<Member>,
) -> io::Result<()> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for entry in entries {
        let entry = entry?;
        let link = || text(&entry.link_name_bytes().unwrap_or_default());
        let refused =
            |what: String| Content::Refused(format!("it is {what}; unpack the archive and load that"));
        let content = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => Content::At {
                offset: entry.raw_file_position(),
                size: entry.size(),
                unpacked: unpacked.cloned(),
            },
            // The second name of a file: it stands before, under its first.
            EntryType::Link => {
                let first = members.iter().find(|member| member.name == link());
                first
                    .map_or_else(|| refused(format!("a link to {}", link())), |member| member.content.clone())
            }
            EntryType::Symlink => refused(format!("a link to {}", link())),
            EntryType::GNUSparse => refused("a file with holes".to_string()),
            EntryType::Directory | EntryType::Char | EntryType::Block | EntryType::Fifo => continue,
            EntryType::XGlobalHeader => continue,
            _ => refused("of a kind that is not read".to_string()),
        };
        members.push(Member { name: text(&entry.path_bytes()), content });
    }
    Ok(())
}

/// The content of a member.
pub(super) fn reader(path: &Path, member: &Member) -> io::Result<Box<dyn Read + Send>> {
    match &member.content {
        Content::Refused(why) => Err(io::Error::other(why.clone())),
        Content::At { offset, size, unpacked: Some(file) } => {
            let inner = Shared { file: Arc::clone(file), at: *offset };
            Ok(Box::new(Exactly { inner, left: *size }))
        }
        Content::At { offset, size, unpacked: None } => {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(*offset))?;
            Ok(Box::new(Exactly { inner: file, left: *size }))
        }
    }
}

/// A file that several read at once, each from a place of its own.
struct Shared {
    file: Unpacked,
    at: u64,
}

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        self.at = match to {
            SeekFrom::Current(by) => {
                file.seek(SeekFrom::Start(self.at)).and_then(|_| file.seek(SeekFrom::Current(by)))
            }
            to => file.seek(to),
        }?;
        Ok(self.at)
    }
}

/// So many bytes of a stream, whose earlier end is an error.
struct Exactly<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Exactly<R> {
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

fn is_compressed(path: &Path) -> io::Result<bool> {
    let mut magic = Vec::new();
    File::open(path)?.take(512).read_to_end(&mut magic)?;
    Ok(!is_tar(&magic))
}
