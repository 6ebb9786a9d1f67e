//! Files for the tests of `io`, written by hand.

use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use ibmb::graph::Dataset;
use ibmb::io::{InputFile, OpenJob, OpenOptions, ReadAt, open_graph};
use ibmb::limits::Limits;
use ibmb::task::Step;
use ibmb::{Error, Result};

pub fn file(name: &str, bytes: impl Into<Vec<u8>>) -> InputFile {
    InputFile { name: name.to_owned(), bytes: bytes.into() }
}

/// Opens files at once and in steps, which must come to the same.
pub fn open(files: &[InputFile]) -> Result<Dataset> {
    let (options, limits) = (OpenOptions::default(), Limits::default());
    let opened = open_graph(files, &options, &limits);
    // What is fetched as it is read takes less than what is in memory.
    let is_estimate = |error: &Error| error.to_string().starts_with("estimated bytes");
    if !opened.as_ref().is_err_and(is_estimate) {
        assert_eq!(in_steps(files, &options, &limits, 3), opened);
    }
    opened
}

/// Bytes of a file that come a few at a time.
struct Trickle<'a>(Cursor<&'a [u8]>);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let few = buffer.len().min(1000);
        self.0.read(&mut buffer[..few])
    }
}

impl Seek for Trickle<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

/// Work on files that are fetched as they are read.
pub fn job<'a>(files: &'a [InputFile], options: &OpenOptions, limits: &Limits) -> OpenJob<'a> {
    let reader = |bytes: &'a [u8]| -> Box<dyn ReadAt + 'a> { Box::new(Trickle(Cursor::new(bytes))) };
    let readers = files.iter().map(|file| (file.name.clone(), reader(&file.bytes))).collect();
    OpenJob::new(readers, options, limits)
}

/// Opens files in steps of a budget, until there is a graph or an error.
pub fn in_steps(files: &[InputFile], options: &OpenOptions, limits: &Limits, budget: u32) -> Result<Dataset> {
    let mut job = job(files, options, limits);
    while !job.step(budget)?.finished {}
    job.finish()
}

/// Opens one edge list.
pub fn open_text(text: impl Into<Vec<u8>>) -> Result<Dataset> {
    open(&[file("edges.csv", text)])
}

pub fn message(result: Result<Dataset>) -> String {
    result.map(|dataset| dataset.report).expect_err("the files must be refused").to_string()
}

pub fn code(result: Result<Dataset>) -> &'static str {
    result.as_ref().err().map_or("ok", Error::code)
}

pub fn edges(dataset: &Dataset) -> Vec<(u32, u32)> {
    dataset.graph.edges().collect()
}

pub fn fixture(name: &str) -> InputFile {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/files").join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    file(name, bytes)
}

pub fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An npy array with a header of our choice.
pub fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

pub fn npy_f32(shape: &str, values: &[f32]) -> Vec<u8> {
    npy("<f4", shape, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>())
}

pub fn npy_i32(values: &[i32]) -> Vec<u8> {
    let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    npy("<i4", &format!("{},", values.len()), &data)
}

/// A zip file of deflated entries.
pub fn zip(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in entries {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let at = bytes.len() as u32;
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
        common.extend(crc.sum().to_le_bytes());
        common.extend((packed.len() as u32).to_le_bytes());
        common.extend((data.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend((entries.len() as u16).to_le_bytes().repeat(2));
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// Three rows, four columns, values 1 at (0, 1), (2, 0) and (2, 3).
pub fn npz() -> Vec<u8> {
    zip(&[
        ("shape.npy", npy_i32(&[3, 4])),
        ("indptr.npy", npy_i32(&[0, 1, 1, 3])),
        ("indices.npy", npy_i32(&[1, 0, 3])),
    ])
}
