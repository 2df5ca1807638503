//! Killed at any change: the next command finishes or undoes.

use super::scenes;
use super::strike::Way;

const KILLS: [Way; 3] = [Way::Self_, Way::Tree, Way::Top];

#[test]
fn start() {
    scenes::start().play(&KILLS);
}

#[test]
fn recreate() {
    scenes::recreate().play(&KILLS);
}

#[test]
fn integrate_and_continue() {
    scenes::integrate_and_continue().play(&KILLS);
}

#[test]
fn integrate_and_abort() {
    scenes::integrate_and_abort().play(&KILLS);
}

#[test]
fn integrate_with_conflict() {
    scenes::integrate_with_conflict().play(&KILLS);
}

#[test]
fn continue_resolved() {
    scenes::continue_resolved().play(&KILLS);
}

#[test]
fn abort() {
    scenes::abort().play(&KILLS);
}

#[test]
fn land() {
    scenes::land().play(&KILLS);
}

#[test]
fn cleanup() {
    scenes::cleanup().play(&KILLS);
}

#[test]
fn cleanup_by_force() {
    scenes::cleanup_by_force().play(&KILLS);
}

#[test]
fn hooks_of_commit() {
    scenes::hooks_of_commit().play(&KILLS);
}

#[test]
fn checkpoint() {
    scenes::checkpoint().play(&KILLS);
}

#[test]
fn hooks_of_amend() {
    scenes::hooks_of_amend().play(&KILLS);
}

#[test]
fn hooks_of_merge() {
    scenes::hooks_of_merge().play(&KILLS);
}

#[test]
fn hooks_of_rebase() {
    scenes::hooks_of_rebase().play(&KILLS);
}
