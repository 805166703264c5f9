//! The values of fields, each with the code that a bad one is refused with.

use crate::image::ImageUrl;
use crate::name::{RoomName, UserName};
use crate::refusal::{Code, Refusal};
use crate::text::MessageText;

pub(crate) fn user(input: Option<&str>) -> Result<Option<UserName>, Refusal> {
    input
        .map(UserName::parse)
        .transpose()
        .map_err(|error| Refusal::at(Code::BadUserName, "$.user", error))
}

pub(crate) fn room(input: Option<&str>) -> Result<Option<RoomName>, Refusal> {
    input.map(required_room).transpose()
}

pub(crate) fn required_room(input: &str) -> Result<RoomName, Refusal> {
    RoomName::parse(input).map_err(|error| Refusal::at(Code::BadRoomName, "$.room", error))
}

pub(crate) fn text(path: &str, input: &str) -> Result<MessageText, Refusal> {
    MessageText::parse(input).map_err(|error| Refusal::at(Code::TooLarge, path, error))
}

pub(crate) fn image(input: &str) -> Result<ImageUrl, Refusal> {
    ImageUrl::parse(input).map_err(|error| Refusal::at(error.code(), "$.bimage", error))
}
