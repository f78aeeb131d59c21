//! The bytes of a file, unpacked where its name says that it is packed.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// The content of a file. `.gz` is unpacked; `.zip` is not built yet.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let describe = |error: std::io::Error| format!("{}: {error}", path.display());
    match path.extension().and_then(|extension| extension.to_str()) {
        Some(extension) if extension.eq_ignore_ascii_case("gz") => {
            let file = fs::File::open(path).map_err(describe)?;
            let mut content = Vec::new();
            MultiGzDecoder::new(file).read_to_end(&mut content).map_err(describe)?;
            Ok(content)
        }
        Some(extension) if extension.eq_ignore_ascii_case("zip") => {
            Err(format!("{}: zip archives are not read here; unpack it first", path.display()))
        }
        _ => fs::read(path).map_err(describe),
    }
}

/// The text of bytes, without a byte order mark.
pub(super) fn text(content: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content))
}
