//! Text for people at a terminal: aligned, short, coloured only where the caller says so.

pub mod demo;
