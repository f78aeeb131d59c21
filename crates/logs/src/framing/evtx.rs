//! Windows event logs (.evtx): each record as a line of JSON, in the shape of evtx_dump.

/// The first bytes of an event log.
pub(super) const MAGIC: &[u8] = b"ElfFile\x00";

#[cfg(not(feature = "evtx"))]
pub(super) use absent::{from_file, from_stream};
#[cfg(feature = "evtx")]
pub(super) use present::{from_file, from_stream};

/// What a build without the feature answers.
#[cfg(not(feature = "evtx"))]
mod absent {
    use std::fs::File;
    use std::io::{Error, Read, Result};

    fn refused() -> Error {
        Error::other(
            "it is a Windows event log (.evtx), which this build does not read (feature evtx); \
             convert it with evtx_dump -o jsonl",
        )
    }

    pub fn from_file(_: File) -> Result<Box<dyn Read + Send>> {
        Err(refused())
    }

    pub fn from_stream(_: impl Read) -> Result<Box<dyn Read + Send>> {
        Err(refused())
    }
}

#[cfg(feature = "evtx")]
mod present {
    use std::fs::File;
    use std::io::{self, Cursor, Read, Seek};
    use std::sync::Arc;

    use evtx::{EvtxParser, IntoIterChunks, ParserSettings};

    /// An event log whose chunks are decoded as they are asked for.
    struct EvtxReader<T: Read + Seek> {
        chunks: IntoIterChunks<T>,
        settings: Arc<ParserSettings>,
        ready: Vec<u8>,
        given: usize,
    }

    /// The lines of the log that a file is.
    pub fn from_file(file: File) -> io::Result<Box<dyn Read + Send>> {
        lines(EvtxParser::from_read_seek(file))
    }

    /// The lines of the log that a stream holds, which is read whole since the format is not one of streams.
    pub fn from_stream(mut stream: impl Read) -> io::Result<Box<dyn Read + Send>> {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        lines(EvtxParser::from_read_seek(Cursor::new(bytes)))
    }

    fn lines<T: Read + Seek + Send + 'static>(
        parser: Result<EvtxParser<T>, evtx::err::EvtxError>,
    ) -> io::Result<Box<dyn Read + Send>> {
        let settings = || ParserSettings::new().indent(false).num_threads(1);
        let parser =
            parser.map_err(|error| io::Error::other(format!("it is a damaged event log: {error}")))?;
        let chunks = parser.with_configuration(settings()).into_chunks();
        Ok(Box::new(EvtxReader { chunks, settings: Arc::new(settings()), ready: Vec::new(), given: 0 }))
    }

    impl<T: Read + Seek> EvtxReader<T> {
        /// Decodes the next chunk; `false` at the end of the log. What cannot be decoded becomes a line that is no JSON, so
        /// that it is counted and shown like any other record that cannot be read.
        fn refill(&mut self) -> bool {
            self.ready.clear();
            self.given = 0;
            let Some(chunk) = self.chunks.next() else { return false };
            let mut push = |text: Result<String, String>| {
                let line = text.unwrap_or_else(|why| format!("damaged event log: {why}"));
                self.ready.extend(line.bytes().map(|byte| if byte == b'\n' { b' ' } else { byte }));
                self.ready.push(b'\n');
            };
            match chunk {
                Err(error) => push(Err(error.to_string())),
                Ok(mut data) => match data.parse(Arc::clone(&self.settings)) {
                    Err(error) => push(Err(error.to_string())),
                    Ok(mut chunk) => {
                        for record in chunk.iter() {
                            let text = record.and_then(|record| record.into_json());
                            push(text.map(|record| record.data).map_err(|error| error.to_string()));
                        }
                    }
                },
            }
            true
        }
    }

    impl<T: Read + Seek> Read for EvtxReader<T> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            while self.given == self.ready.len() {
                if !self.refill() {
                    return Ok(0);
                }
            }
            let count = buffer.len().min(self.ready.len() - self.given);
            buffer[..count].copy_from_slice(&self.ready[self.given..self.given + count]);
            self.given += count;
            Ok(count)
        }
    }
}
