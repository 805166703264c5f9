//! Laws of names.

use chatspec::limits::{NAME_MAX, SHOWN_NAME_MAX};
use chatspec::name::{NameKey, RoomName, UserName};
use proptest::prelude::*;

use crate::generate::{name_text, user};

proptest! {
    #[test]
    fn a_name_is_rewritten_once(text in name_text()) {
        if let Ok(name) = UserName::parse(&text) {
            prop_assert_eq!(UserName::parse(name.as_str()), Ok(name.clone()));
            prop_assert_eq!(name.key(), &NameKey::of(&text));
            prop_assert!(name.as_str().chars().count() <= NAME_MAX);
            prop_assert!(name.shown().as_str().chars().count() <= SHOWN_NAME_MAX);
        }
    }

    #[test]
    fn users_and_rooms_have_one_alphabet(text in name_text()) {
        let room = RoomName::parse(&text);
        match UserName::parse(&text) {
            Ok(user) => prop_assert_eq!(user.key(), room.as_ref().unwrap().key()),
            Err(error) => prop_assert_eq!(room, Err(error)),
        }
    }

    #[test]
    fn equal_keys_look_alike(name in user()) {
        if let Ok(upper) = UserName::parse(&name.upper()) && upper.key() == name.key() {
            prop_assert_eq!(upper.skeleton(), name.skeleton());
        }
    }

    #[test]
    fn ascii_case_makes_no_difference(text in "[ -~]{1,64}") {
        prop_assert_eq!(NameKey::of(&text), NameKey::of(&text.to_ascii_uppercase()));
        prop_assert_eq!(NameKey::of(&text), NameKey::of(&text.to_ascii_lowercase()));
    }
}

#[test]
fn no_code_point_grows_more_than_threefold() {
    let longest = (char::MIN..=char::MAX)
        .map(|c| c.to_uppercase().count())
        .max();
    assert_eq!(
        longest.map(|factor| factor * NAME_MAX),
        Some(SHOWN_NAME_MAX)
    );
}
