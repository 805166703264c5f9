//! What a user name and a room name have in common.

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization;

use super::{NameError, NameKey};
use crate::limits::NAME_MAX;

/// A name as it is shown, and the key that it is compared by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spelling {
    pub(super) shown: String,
    pub(super) key: NameKey,
}

impl Spelling {
    /// Trims, normalises and checks `input`.
    pub(super) fn parse(input: &str) -> Result<Self, NameError> {
        let shown = rewrite(input);
        check(&shown)?;
        let key = NameKey::of_rewritten(&shown);
        Ok(Self { shown, key })
    }
}

/// rule: name.rewrite. `str::trim` takes off exactly the code points with the property White_Space.
fn rewrite(input: &str) -> String {
    input.trim().nfc().collect()
}

fn check(name: &str) -> Result<(), NameError> {
    // rule: name.length
    let length = name.chars().count();
    if length == 0 {
        return Err(NameError::Empty);
    }
    if length > NAME_MAX {
        return Err(NameError::TooLong { length });
    }
    // rule: name.alphabet
    for found in name.chars() {
        let category = get_general_category(found);
        if is_forbidden(category) {
            let category = category.abbreviation();
            return Err(NameError::Forbidden { found, category });
        }
    }
    Ok(())
}

fn is_forbidden(category: GeneralCategory) -> bool {
    use GeneralCategory::*;
    matches!(
        category,
        Control | Format | Surrogate | PrivateUse | Unassigned | LineSeparator | ParagraphSeparator
    )
}
