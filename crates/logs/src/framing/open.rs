//! From a file to UTF-8 bytes: compression by magic bytes, encoding by byte order mark.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::read::MultiGzDecoder;

use super::evtx;
use super::utf16::Utf16Reader;
use super::{tar, zip};
use crate::arrow_file;
use crate::progress::{Counted, Progress};

/// How much of a file is looked at before it is decided what it is.
const HEAD: usize = 256 * 1024;

/// What the first bytes of a file say that it is, where that is neither text nor compressed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Parquet,
    /// An Arrow IPC file.
    Arrow,
    /// A kind of file that is known but not read, with a hint.
    Refused(&'static str),
}

/// What a report says of the encoding of an event log, whose records are read as lines of JSON.
const EVENT_LOG: &str = "from EVTX";

/// Magic bytes of files that are recognised by name but not read.
const REFUSED: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a zip archive inside another file; unpack it and load what it holds"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it and load what it holds"),
    (b"\xfd7zXZ\x00", "xz-compressed; decompress it first"),
    (b"BZh", "bzip2-compressed; decompress it first"),
    (b"Rar!\x1a\x07", "a rar archive; unpack it and load what it holds"),
    (b"Obj\x01", "an Avro file (Event Hub capture), which is not read yet"),
    (b"ORC", "an ORC file, which is not read; save it as Parquet"),
    (b"SQLite format 3\x00", "an SQLite database, which is not read"),
];

/// A note of the place where a stream broke off, shared with its reader.
#[derive(Clone, Default)]
pub(crate) struct Break(Arc<Mutex<Option<String>>>);

impl Break {
    fn set(&self, why: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    /// Why the stream ended before its end, if it did.
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A text file opened for reading.
pub(crate) struct Text {
    /// The first part of the text, in UTF-8 save for what was wrong in the file.
    pub head: Vec<u8>,
    /// Whether the head is the whole.
    pub whole: bool,
    /// The compression's name, if any.
    pub compression: Option<&'static str>,
    /// The encoding's name, if it is not plain UTF-8.
    pub encoding: Option<&'static str>,
    /// Whether the stream broke off.
    pub broken: Break,
    rest: Box<dyn Read + Send>,
}

/// A file by what its first bytes say.
pub(crate) enum Opened {
    Container(Container),
    Text(Text),
}

impl Text {
    /// Makes the head as long as the text, up to this many bytes.
    pub fn extend_head(&mut self, limit: usize) {
        let missing = limit.saturating_sub(self.head.len()) as u64;
        // The reader notes its own failures and ends.
        let read = (&mut self.rest).take(missing).read_to_end(&mut self.head);
        self.whole = read.is_err() || (read.unwrap_or_default() as u64) < missing;
    }

    /// The whole text from its beginning; a read error ends it and is noted in [`Text::broken`].
    pub fn reader(self) -> impl Read + Send {
        Cursor::new(self.head).chain(self.rest)
    }
}

/// A file inside an archive.
#[derive(Debug, Clone)]
enum Member {
    Zip(zip::Member),
    Tar(tar::Member),
}

impl Member {
    fn name(&self) -> &str {
        match self {
            Member::Zip(member) => &member.name,
            Member::Tar(member) => &member.name,
        }
    }

    /// What the report calls its packing.
    fn packing(&self) -> &'static str {
        match self {
            Member::Zip(_) => "zip",
            Member::Tar(_) => "tar",
        }
    }
}

/// Something that can be opened: a file, or a file inside an archive.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// The file.
    pub path: PathBuf,
    member: Option<Member>,
    /// Why the archive cannot be looked into.
    damaged: Option<String>,
}

impl Source {
    /// The sources that a file is: itself, or what it holds if it is an archive.
    pub fn of(path: &Path) -> Vec<Self> {
        let one = |member, damaged| Source { path: path.to_path_buf(), member, damaged };
        let (members, damaged): (Vec<Member>, _) = match archive(path) {
            None => return vec![one(None, None)],
            Some(Archive::Zip) => match zip::members(path) {
                Ok(members) => (members.into_iter().map(Member::Zip).collect(), None),
                Err(error) => (Vec::new(), Some(error.to_string())),
            },
            Some(Archive::Tar) => {
                let (members, damaged) = tar::members(path);
                (members.into_iter().map(Member::Tar).collect(), damaged)
            }
        };
        let shown = members.into_iter().filter(|member| !is_hidden(member.name()));
        let mut sources: Vec<Self> = shown.map(|member| one(Some(member), None)).collect();
        let empty = || sources.is_empty().then(|| "an archive without a file that is not hidden".to_string());
        let damaged = damaged.or_else(empty);
        sources.extend(damaged.map(|why| one(None, Some(why))));
        sources
    }

    /// The path, and inside an archive the path there after it.
    pub fn name(&self) -> PathBuf {
        self.member.as_ref().map_or_else(|| self.path.clone(), |member| self.path.join(member.name()))
    }

    fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        match (&self.damaged, &self.member) {
            (Some(why), _) => Err(io::Error::other(why.clone())),
            (None, Some(Member::Zip(member))) => zip::reader(&self.path, member),
            (None, Some(Member::Tar(member))) => tar::reader(&self.path, member),
            (None, None) => Ok(Box::new(File::open(&self.path)?)),
        }
    }
}

/// Whether a file of an archive is hidden or in a hidden folder, which is left out of folders too.
fn is_hidden(name: &str) -> bool {
    name.split(['/', '\\']).any(|part| part.starts_with('.') && !matches!(part, "." | ".."))
}

enum Archive {
    Zip,
    Tar,
}

/// The kind of archive that a file is, if it is one.
fn archive(path: &Path) -> Option<Archive> {
    let start = |reader: &mut dyn Read| -> Option<Vec<u8>> {
        let mut start = Vec::new();
        reader.take(512).read_to_end(&mut start).ok()?;
        Some(start)
    };
    let magic = start(&mut File::open(path).ok()?)?;
    if magic.starts_with(b"PK\x03\x04") {
        return Some(Archive::Zip);
    }
    let packed = || start(&mut decompressed(File::open(path).ok()?).ok()?);
    let plain = if compression(&magic).is_some() { packed()? } else { magic };
    tar::is_tar(&plain).then_some(Archive::Tar)
}

/// The compression of a stream by its first bytes.
fn compression(magic: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 2] = [(b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd")];
    KINDS.iter().find(|(bytes, _)| magic.starts_with(bytes)).map(|(_, name)| *name)
}

/// A stream without its compression, if it has one.
pub(super) fn decompressed(mut raw: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let mut magic = Vec::new();
    (&mut raw).take(4).read_to_end(&mut magic)?;
    let kind = compression(&magic);
    let raw = Cursor::new(magic).chain(raw);
    Ok(match kind {
        Some("gzip") => Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(1 << 16, raw))),
        Some(_) => Box::new(zstd::Decoder::new(raw)?),
        None => Box::new(raw),
    })
}

/// Opens a source and looks at its head. The bytes that are read of it from now on are counted.
pub(crate) fn open(source: &Source, progress: Option<&Arc<Progress>>) -> io::Result<Opened> {
    let in_archive = source.member.is_some();
    let mut file = Counted { inner: source.reader()?, progress: progress.cloned() };
    let mut magic = Vec::new();
    (&mut file).take(512).read_to_end(&mut magic)?;
    if magic.starts_with(evtx::MAGIC) {
        let lines = match in_archive {
            true => evtx::from_stream(Cursor::new(magic).chain(file))?,
            false => evtx::from_file(File::open(&source.path)?)?,
        };
        return text(lines, None, Some(EVENT_LOG), Break::default());
    }
    if let Some(container) = container(&magic) {
        return Ok(Opened::Container(if in_archive { packed(container) } else { container }));
    }
    let broken = Break::default();
    let raw = Cursor::new(magic.clone()).chain(file);
    let compression = compression(&magic).or_else(|| source.member.as_ref().map(Member::packing));
    let plain = decompressed(raw)?;
    let mut plain = Salvage { inner: plain, broken: broken.clone(), compression, yielded: 0 };
    let mut start = Vec::new();
    (&mut plain).take(512).read_to_end(&mut start)?;
    if compression.is_some() {
        if start.starts_with(evtx::MAGIC) {
            let lines = evtx::from_stream(Cursor::new(start).chain(plain))?;
            return text(lines, compression, Some(EVENT_LOG), broken);
        }
        if let Some(container) = container(&start) {
            return Ok(Opened::Container(packed(container)));
        }
    }
    let (skip, little_endian) = match *start.as_slice() {
        [0xef, 0xbb, 0xbf, ..] => (3, None),
        [0xff, 0xfe, ..] => (2, Some(true)),
        [0xfe, 0xff, ..] => (2, Some(false)),
        [a, 0, b, 0, ..] if a != 0 && b != 0 => (0, Some(true)),
        [0, a, 0, b, ..] if a != 0 && b != 0 => (0, Some(false)),
        _ => (0, None),
    };
    let rest = Cursor::new(start.split_off(skip)).chain(plain);
    let (rest, encoding): (Box<dyn Read + Send>, _) = match little_endian {
        Some(true) => (Box::new(Utf16Reader::new(rest, u16::from_le_bytes)), Some("UTF-16LE")),
        Some(false) => (Box::new(Utf16Reader::new(rest, u16::from_be_bytes)), Some("UTF-16BE")),
        None => (Box::new(rest), (skip == 3).then_some("UTF-8 with a byte order mark")),
    };
    text(rest, compression, encoding, broken)
}

/// A stream of text with its head.
fn text(
    mut rest: Box<dyn Read + Send>,
    compression: Option<&'static str>,
    encoding: Option<&'static str>,
    broken: Break,
) -> io::Result<Opened> {
    let mut head = Vec::new();
    (&mut rest).take(HEAD as u64).read_to_end(&mut head)?;
    let whole = head.len() < HEAD;
    if is_binary(&head) {
        return Ok(Opened::Container(Container::Refused("binary data of no known kind")));
    }
    Ok(Opened::Text(Text { head, whole, compression, encoding, broken, rest }))
}

/// Whether the head of a file is no text: a few characters U+0000 stand in some, as padding or as the value of a cell.
fn is_binary(head: &[u8]) -> bool {
    const SHARE: usize = 10;
    let zeros = memchr::memchr_iter(0, head).count();
    let cut_inside = |error: std::str::Utf8Error| error.error_len().is_none();
    zeros > 0 && (zeros * SHARE > head.len() || !std::str::from_utf8(head).map_or_else(cut_inside, |_| true))
}

/// What a container is inside a compressed stream, where it cannot be read by parts.
fn packed(container: Container) -> Container {
    match container {
        Container::Parquet => Container::Refused("a compressed Parquet file; decompress it first"),
        Container::Arrow => Container::Refused("a compressed Arrow file; decompress it first"),
        refused => refused,
    }
}

fn container(magic: &[u8]) -> Option<Container> {
    if magic.starts_with(b"PAR1") {
        return Some(Container::Parquet);
    }
    if magic.starts_with(arrow_file::MAGIC) {
        return Some(Container::Arrow);
    }
    if tar::is_tar(magic) {
        return Some(Container::Refused(
            "a tar archive inside another file; unpack it and load what it holds",
        ));
    }
    let refused = REFUSED.iter().find(|(bytes, _)| magic.starts_with(bytes));
    refused.map(|(_, why)| Container::Refused(why))
}

/// A reader that ends where its source fails, so that what came before is not lost.
struct Salvage<R> {
    inner: R,
    broken: Break,
    compression: Option<&'static str>,
    yielded: u64,
}

impl<R: Read> Read for Salvage<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(count) => {
                self.yielded += count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let what = self
                    .compression
                    .map_or(String::new(), |name| format!("the {name} stream is damaged or cut off: "));
                self.broken.set(format!("{what}{error}; the {} bytes before that are read", self.yielded));
                Ok(0)
            }
        }
    }
}
