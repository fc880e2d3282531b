//! The decoders of compressed tars, each with its limit of memory.

use super::{Kind, Why};
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::{FrameDecoderError, FrameHeaderError};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::io::{self, BufRead, Read};

/// A compressed stream being decoded.
pub enum Decoder<R: BufRead> {
    /// gzip; members one after another are one, as gzip itself has it.
    Gz(Box<MultiGzDecoder<R>>),
    /// xz; streams one after another are one, as xz itself has it.
    Xz(Box<XzReader<R>>),
    /// A single frame of zstd.
    Zst(Box<StreamingDecoder<R, FrameDecoder>>),
}

impl<R: BufRead> Decoder<R> {
    /// A decoder that holds at most `memory` bytes.
    pub fn new(kind: Kind, from: R, memory: u64) -> Result<Decoder<R>, Why> {
        if kind == Kind::TarGz {
            return Ok(Decoder::Gz(Box::new(MultiGzDecoder::new(from))));
        }
        if kind == Kind::TarXz {
            let kilobytes = u32::try_from(memory / 1024).unwrap_or(u32::MAX);
            return Ok(Decoder::Xz(Box::new(XzReader::new_mem_limit(from, true, kilobytes))));
        }
        // The buffer grows by doubling, and is copied when it does: up to three windows at once.
        match StreamingDecoder::new_with_max_window_size(from, memory / 4) {
            Ok(decoder) => Ok(Decoder::Zst(Box::new(decoder))),
            Err(
                FrameDecoderError::WindowSizeTooBig { .. }
                | FrameDecoderError::FrameHeaderError(FrameHeaderError::WindowTooBig { .. }),
            ) => Err(Why::Memory),
            Err(error) => Err(Why::Damaged(error.to_string())),
        }
    }

    /// Checks the end, after everything was read: the checksum, and that nothing follows. The readers of
    /// gzip and xz have done both when they come to their end.
    pub fn finish(self) -> Result<(), Why> {
        let Decoder::Zst(decoder) = self else { return Ok(()) };
        let (from, frame) = decoder.into_parts();
        let stored = frame.get_checksum_from_data();
        if stored.is_some() && stored != frame.get_calculated_checksum() {
            return Err(Why::Damaged("its checksum is another".to_string()));
        }
        match io::copy(&mut from.take(1), &mut io::sink()) {
            Ok(0) => Ok(()),
            Ok(_) => Err(Why::Trailing),
            Err(error) => Err(Why::reading(&error)),
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Gz(decoder) => decoder.read(into),
            Decoder::Xz(decoder) => decoder.read(into),
            Decoder::Zst(decoder) => decoder.read(into),
        }
    }
}
