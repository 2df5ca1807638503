//! Killed at any change: the next command finishes or undoes.

use super::scenes;
use super::strike::Way;

const KILLS: [Way; 3] = [Way::Self_, Way::Tree, Way::Top];

each_scene!(KILLS);

#[test]
fn batch() {
    scenes::batch().play(&KILLS);
}

#[test]
fn bisect() {
    scenes::bisect().play(&KILLS);
}

#[test]
fn undo() {
    scenes::undo().play(&KILLS);
}

#[test]
fn undo_stopped() {
    scenes::undo_stopped().play(&KILLS);
}
