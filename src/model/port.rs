//! The port of a worktree, written into its copy of a file of `NAME=value` lines (S3-10).
//!
//! Workers run the same server side by side, so each needs a port of its own: the main worktree's
//! plus the task's number, which is never 0. Every other byte of the file stays as it is.

use std::fmt;

/// Why a file has no port to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPort {
    /// No line sets the variable.
    Absent,
    /// The value, held here, is no number.
    NotANumber(String),
    /// The sum, held here, is above 65535.
    TooHigh(u32),
    /// The file is not UTF-8.
    NotText,
}

impl fmt::Display for NoPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoPort::Absent => write!(f, "no line sets it"),
            NoPort::NotANumber(value) => write!(f, "its value {value:?} is no port number"),
            NoPort::NotText => write!(f, "its file is not UTF-8"),
            NoPort::TooHigh(port) => write!(f, "{port} is above 65535"),
        }
    }
}

/// `content` with `number` added to the value of `variable`, and the port that it then has.
///
/// Where several lines set the variable the last one counts, as it does for programs that read
/// such files. `export`, quotes, spaces and what follows the value are kept.
pub fn shift(content: &str, variable: &str, number: u32) -> Result<(String, u32), NoPort> {
    let (start, line) =
        lines(content).filter(|(_, line)| assigned(line, variable).is_some()).last().ok_or(NoPort::Absent)?;
    let value = assigned(line, variable).unwrap_or_default();
    let digits = value.trim_start_matches(['"', '\'']);
    let start = start + line.len() - digits.len();
    let len = digits.bytes().take_while(u8::is_ascii_digit).count();
    let rest = digits[len..].trim_start_matches(['"', '\'']);
    let not_a_number = || NoPort::NotANumber(value.trim_end().to_owned());
    if !(rest.is_empty() || rest.starts_with(char::is_whitespace) || rest.starts_with('#')) {
        return Err(not_a_number());
    }
    let port: u32 = digits[..len].parse().map_err(|_| not_a_number())?;
    let shifted = port.saturating_add(number);
    if shifted > u32::from(u16::MAX) {
        return Err(NoPort::TooHigh(shifted));
    }
    Ok((format!("{}{shifted}{}", &content[..start], &content[start + len..]), shifted))
}

/// The lines of a text with the place where each begins; line ends are part of them.
fn lines(content: &str) -> impl Iterator<Item = (usize, &str)> {
    content.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    })
}

/// What stands after the `=` of a line that sets `variable`, up to the end of the line.
fn assigned<'a>(line: &'a str, variable: &str) -> Option<&'a str> {
    let line = line.trim_start();
    let line = line.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).unwrap_or(line);
    let rest = line.trim_start().strip_prefix(variable)?.trim_start_matches([' ', '\t']);
    Some(rest.strip_prefix('=')?.trim_start_matches([' ', '\t']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_port_changes() {
        let check = |content: &str, expect: Result<&str, NoPort>| {
            let shifted = shift(content, "PORT", 2).map(|(text, _)| text);
            assert_eq!(shifted, expect.map(str::to_owned), "in {content:?}");
        };
        check("PORT=3000\n", Ok("PORT=3002\n"));
        check("# PORT=1\nA=b\nPORT=3000 # dev\nZ=1", Ok("# PORT=1\nA=b\nPORT=3002 # dev\nZ=1"));
        check("export PORT = \"8080\"\r\nX=1\r\n", Ok("export PORT = \"8082\"\r\nX=1\r\n"));
        check("PORT=1\nPORT=5\n", Ok("PORT=1\nPORT=7\n"));
        check("PORT=9998", Ok("PORT=10000"));
        check("REPORT=1\nPORTS=2\n", Err(NoPort::Absent));
        check("", Err(NoPort::Absent));
        check("PORT=http\n", Err(NoPort::NotANumber("http".into())));
        check("PORT=\n", Err(NoPort::NotANumber(String::new())));
        check("PORT=80a\n", Err(NoPort::NotANumber("80a".into())));
        check("PORT=65534\n", Err(NoPort::TooHigh(65536)));
        check("PORT=99999999999\n", Err(NoPort::NotANumber("99999999999".into())));
    }

    #[test]
    fn the_new_port_is_told() {
        assert_eq!(shift("PORT=3000", "PORT", 3), Ok(("PORT=3003".into(), 3003)));
    }
}
