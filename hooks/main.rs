//! The one hook program: acts under the name that git called it by.

fn main() {}
