//! Colour on a terminal, or none.

/// Whether escapes may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// Plain text.
    #[default]
    Off,
    /// ANSI escapes.
    On,
}

/// What a colour is to say. The sixteen colours of every terminal, so that its theme decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hue {
    /// Nothing special.
    Plain,
    /// A heading.
    Strong,
    /// Of less interest.
    Faint,
    /// Done.
    Good,
    /// To be looked at.
    Warning,
    /// Wrong.
    Bad,
}

impl Colour {
    /// On if `yes`.
    pub fn when(yes: bool) -> Colour {
        if yes { Colour::On } else { Colour::Off }
    }

    /// The text in this hue. It must be escaped already.
    pub fn paint(self, hue: Hue, text: &str) -> String {
        let code = match hue {
            _ if self == Colour::Off => return text.to_owned(),
            Hue::Plain => return text.to_owned(),
            Hue::Strong => "1",
            Hue::Faint => "2",
            Hue::Good => "32",
            Hue::Warning => "33",
            Hue::Bad => "31",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}
