//! Killed at any change: the next command finishes or undoes.

use super::strike::Way;

const KILLS: [Way; 3] = [Way::Self_, Way::Tree, Way::Top];

each_scene!(KILLS);
