//! The file that a plan is read from or written to.
//!
//! Reading is bounded: whatever a path names, a device included, no more than the limit is taken
//! into memory. Writing never destroys: a file that is there is replaced only on request, and as a
//! whole.

use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::model::hint;
use crate::model::plan::place::Lines;
use crate::model::plan::read::{Reading, Source, read};
use crate::ops::replace;

/// The plan file that is taken if none is named.
pub const DEFAULT: &str = "orchestrate.toml";

/// The most bytes that a plan may have.
pub const MAX_BYTES: u64 = 4 << 20;

/// A text that should be a plan, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFile {
    /// As findings give it; `stdin` for standard input.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// What to do with a file that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Leave it.
    Keep,
    /// Replace it.
    Replace,
}

/// What became of a file that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is new, or was replaced.
    Done,
    /// It held exactly that.
    Same,
    /// It holds something else and was left.
    Kept,
}

impl PlanFile {
    /// Reads a file.
    pub fn open(path: &Path) -> Result<PlanFile> {
        let name = path.display().to_string();
        if path.is_dir() {
            let hint = format!("name the file, such as {}", path.join(DEFAULT).display());
            return Err(hint::error(format!("{name} is a directory, not a plan"), hint));
        }
        let file = fs_err::File::open(path)?;
        PlanFile::take(&name, file)
    }

    /// Reads what a stream holds, such as standard input.
    pub fn take(name: &str, stream: impl Read) -> Result<PlanFile> {
        let mut bytes = Vec::new();
        stream.take(MAX_BYTES + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {name}"))?;
        if bytes.len() as u64 > MAX_BYTES {
            let limit = MAX_BYTES >> 20;
            return Err(hint::error(
                format!("{name} is larger than {limit} MiB, so it is hardly a plan"),
                "a directory in a scope is written with a trailing `/`, not as the list of its files",
            ));
        }
        let text = String::from_utf8(bytes).map_err(|error| not_utf8(name, &error))?;
        Ok(PlanFile { name: name.to_owned(), text })
    }

    /// What the text says. `run` is the run's name, where the person gave one.
    pub fn read(&self, run: Option<&str>) -> Reading {
        read(&Source { name: &self.name, text: &self.text, run })
    }
}

/// The plan file at the top of a worktree, if there is one; named as a person who is there would
/// type it.
pub fn at_top(top: &Path) -> Option<PathBuf> {
    let path = top.join(DEFAULT);
    let here = Path::new(DEFAULT);
    let same =
        |a: &Path, b: &Path| a.canonicalize().ok().zip(b.canonicalize().ok()).is_some_and(|(a, b)| a == b);
    let named = if same(here, &path) { here.to_owned() } else { path };
    named.is_file().then_some(named)
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> anyhow::Error {
    let bytes = error.as_bytes();
    let hint = "save it as UTF-8";
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return hint::error(format!("{name} is UTF-16 text"), hint);
    }
    let offset = error.utf8_error().valid_up_to();
    let valid = String::from_utf8_lossy(&bytes[..offset]);
    let place = Lines::of(&valid).place(offset);
    hint::error(
        format!("{name}:{}:{}: byte 0x{:02x} is not UTF-8", place.line, place.column, bytes[offset]),
        hint,
    )
}

/// Writes a plan's text to a file, which is there as a whole or not at all.
pub fn write(path: &Path, text: &str, existing: Existing) -> Result<Written> {
    match fs_err::read(path) {
        Ok(bytes) if bytes == text.as_bytes() => return Ok(Written::Same),
        Ok(_) if existing == Existing::Keep => return Ok(Written::Kept),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return write_new(path, text),
        Err(error) => return Err(error.into()),
    }
    replace::replace(path, text.as_bytes()).map(|()| Written::Done)
}

/// Another program may make the file at the same moment; then that one stays.
fn write_new(path: &Path, text: &str) -> Result<Written> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = || format!("cannot write {}", path.display());
    let mut file = tempfile::Builder::new()
        .prefix(".orchestrate-")
        .permissions(readable())
        .tempfile_in(directory)
        .with_context(cannot)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).with_context(cannot)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(Written::Done),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(Written::Kept),
        Err(error) => Err(error).with_context(cannot),
    }
}

/// A temporary file is private, a plan is for everybody who may see the repository.
fn readable() -> std::fs::Permissions {
    #[cfg(unix)]
    {
        std::os::unix::fs::PermissionsExt::from_mode(0o644)
    }
    #[cfg(not(unix))]
    {
        std::fs::metadata(".").expect("the current directory is there").permissions()
    }
}
