//! `git orchestrate man`: puts the man pages where `git help orchestrate` finds them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cli::exit::Exit;
use crate::cli::pages;
use crate::cli::session::Session;
use crate::model::hint;
use crate::render::escape;

/// Print or install the man pages
///
/// `git orchestrate --help` makes git look for a man page, so installing the pages is part of
/// installing the programs.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to write the pages; by default the man directory that belongs to this program's own
    /// directory (`<prefix>/share/man/man1` for `<prefix>/bin`), and `man7` beside it
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let folder = match &args.to {
        Some(folder) => folder.clone(),
        None => own_man_folder()?,
    };
    let pages = pages::all()?;
    for page in &pages {
        let folder = folder_of(&folder, page.section);
        fs_err::create_dir_all(&folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&folder)
            .with_context(|| format!("cannot write to {}", folder.display()))?;
        std::io::Write::write_all(&mut file, page.roff.as_bytes())?;
        readable(file.path())?;
        file.persist(folder.join(&page.file_name))
            .with_context(|| format!("cannot write {}", page.file_name))?;
    }
    let place = escape::terminal(folder.as_os_str().as_encoded_bytes());
    session.answer(&format!("{} man pages in {place}\n", pages.len()))?;
    Ok(Exit::Done)
}

/// Beside the directory of section 1 there is one for each other section; a directory of another name
/// takes them all.
fn folder_of(folder: &Path, section: u8) -> PathBuf {
    match folder.ends_with("man1") {
        true => folder.with_file_name(format!("man{section}")),
        false => folder.to_owned(),
    }
}

/// man(1) looks in `<prefix>/share/man` for every `<prefix>/bin` on PATH.
fn own_man_folder() -> Result<PathBuf> {
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    match program.parent() {
        Some(folder) if folder.ends_with("bin") => {
            Ok(folder.with_file_name("share").join("man").join("man1"))
        }
        _ => Err(hint::error(
            "this program is in no 'bin' directory, so no man directory belongs to it",
            "name one: git orchestrate man --to ~/.local/share/man/man1",
        )),
    }
}

/// A temporary file is private; a man page is for everybody.
#[cfg(unix)]
fn readable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o644))?;
    Ok(())
}

#[cfg(not(unix))]
fn readable(_path: &Path) -> Result<()> {
    Ok(())
}
