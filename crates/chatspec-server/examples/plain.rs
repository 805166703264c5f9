//! The chat server that one writes after an hour with socketioxide: `plain PORT`.
//!
//! It is no reference and nothing is mended here: closures as handlers, `Data` as extractor, the library's own rooms. The
//! matrix shows what becomes of the protocol's demands then.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use tower_http::cors::CorsLayer;

/// Who is where, in the order of joining.
type Records = Arc<Mutex<Vec<Record>>>;

#[derive(Clone)]
struct Record {
    id: String,
    user: String,
    room: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "5005".to_owned());
    let records = Records::default();
    let (layer, io) = SocketIo::builder().build_layer();
    io.ns("/", async move |socket: SocketRef| {
        let known = Arc::clone(&records);
        socket.on(
            "chat",
            move |socket: SocketRef, Data(message): Data<Value>, ack: AckSender| {
                let known = Arc::clone(&known);
                async move {
                    on_chat(&socket, &message, &known).await;
                    // No argument at all: a unit would be sent as null.
                    let _ = ack.send::<[(); 0]>(&[]);
                }
            },
        );
        let known = Arc::clone(&records);
        socket.on_disconnect(move |socket: SocketRef| {
            let known = Arc::clone(&known);
            async move { depart(&socket, &known).await }
        });
    });
    let app = axum::Router::new()
        .layer(layer)
        .layer(CorsLayer::permissive());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    axum::serve(listener, app).await
}

async fn on_chat(socket: &SocketRef, message: &Value, records: &Records) {
    let text = |key: &str| message.get(key).and_then(Value::as_str).map(str::to_owned);
    let (user, room) = (text("user"), text("room"));
    match text("event").as_deref() {
        Some("join") => {
            depart(socket, records).await;
            let user = user.unwrap_or_else(|| "JDOE".to_owned());
            let room = room.unwrap_or_else(|| "PARKED".to_owned());
            socket.join(room.clone());
            let record = Record {
                id: socket.id.to_string(),
                user: user.clone(),
                room: room.clone(),
            };
            records.lock().expect("nothing panics").push(record);
            let news = json!({"type": "newuser", "message": format!("New User {user} joined room {room}")});
            let _ = socket.within(room).emit("chat", &news).await;
        }
        Some("leave") => depart(socket, records).await,
        Some("chat") => {
            let Some(from) = sender(socket, records) else {
                return;
            };
            let text = text("text").unwrap_or_else(|| "Knock! Knock!".to_owned());
            let chat = json!({"type": "chat", "from": from.user.to_uppercase(), "message": text});
            let _ = match (room, user) {
                (None, None) => socket.broadcast().emit("chat", &chat).await,
                (_, None) => socket.to(from.room).emit("chat", &chat).await,
                (_, Some(user)) => {
                    let all = records.lock().expect("nothing panics").clone();
                    let held = |record: &&Record| {
                        record.room == from.room && record.user.eq_ignore_ascii_case(&user)
                    };
                    let Some(target) = all.iter().find(held) else {
                        return;
                    };
                    socket.to(target.id.clone()).emit("chat", &chat).await
                }
            };
        }
        Some("image") => {
            if let (Some(from), Some(bimage)) = (sender(socket, records), text("bimage")) {
                let image =
                    json!({"type": "image", "from": from.user.to_uppercase(), "bimage": bimage});
                let _ = socket.to(from.room).emit("chat", &image).await;
            }
        }
        None | Some("users") => {
            let room = room.unwrap_or_else(|| "PARKED".to_owned());
            let all = records.lock().expect("nothing panics").clone();
            let names = all.iter().filter(|record| record.room == room);
            let names: Vec<String> = names
                .map(|record| format!("'{}'", record.user.to_uppercase()))
                .collect();
            let list = json!({"type": "users", "message": format!("Users in room: [{}]", names.join(", "))});
            let _ = socket.emit("chat", &list);
        }
        Some(_) => {}
    }
}

fn sender(socket: &SocketRef, records: &Records) -> Option<Record> {
    let records = records.lock().expect("nothing panics");
    records
        .iter()
        .find(|record| record.id == socket.id.to_string())
        .cloned()
}

/// Takes the session out of its room, and tells those who stay.
async fn depart(socket: &SocketRef, records: &Records) {
    let Some(left) = sender(socket, records) else {
        return;
    };
    records
        .lock()
        .expect("nothing panics")
        .retain(|record| record.id != left.id);
    socket.leave(left.room.clone());
    let news = json!({"type": "deluser", "message": format!("User {} left room {}", left.user, left.room)});
    let _ = socket.to(left.room).emit("chat", &news).await;
}
