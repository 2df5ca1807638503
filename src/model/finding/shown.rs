//! Names of a repository in the words of a finding.

use std::fmt;

use bstr::BStr;

/// Bytes of the repository in a sentence: what is not UTF-8 shows as `\xff`, so that two names
/// that differ never read the same.
pub(crate) struct Shown<'a>(pub &'a BStr);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}
