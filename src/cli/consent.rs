//! Asking a person to accept the commands of a plan, word for word.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::Result;

use crate::cli::session::Session;
use crate::model::hint;
use crate::render::text;

/// Shows the commands and asks at a terminal; an error unless they were accepted there.
pub fn ask(session: &Session, commands: &[String]) -> Result<()> {
    session.note(text::consent::question(commands).trim_end());
    if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
        session.note("Run them? [y/N]");
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        if matches!(line.trim(), "y" | "Y" | "yes") {
            return Ok(());
        }
    }
    Err(hint::error("the commands of the plan were not accepted", "accept exactly these with --yes"))
}
