//! What is shown at once on a terminal, and gives way to the whole answer.

use std::io::{self, IsTerminal, Write as _};

use terminal_size::{Height, terminal_size};

/// Lines that stand at the end of a terminal until the answer is known.
#[derive(Debug)]
pub struct Preview {
    lines: usize,
}

impl Preview {
    /// Shows the text, or as much of it as the terminal has room for.
    pub fn show(text: &str) -> io::Result<Preview> {
        let room = terminal_size().map_or(0, |(_, Height(rows))| usize::from(rows).saturating_sub(1));
        let shown: Vec<&str> = text.lines().take(room).collect();
        // A line that wrapped would take more rows than are cleared.
        let (whole, wrapped) = ("\x1b[?7l", "\x1b[?7h");
        write_out(&format!(
            "{whole}{}{wrapped}",
            shown.iter().map(|line| format!("{line}\n")).collect::<String>()
        ))?;
        Ok(Preview { lines: shown.len() })
    }

    /// Takes the text away.
    pub fn clear(self) -> io::Result<()> {
        match self.lines {
            0 => Ok(()),
            lines => write_out(&format!("\x1b[{lines}A\r\x1b[J")),
        }
    }
}

/// Whether somebody looks on who could be shown one.
pub fn is_wanted() -> bool {
    io::stdout().is_terminal() && std::env::var_os("TERM").is_some_and(|terminal| terminal != "dumb")
}

fn write_out(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
