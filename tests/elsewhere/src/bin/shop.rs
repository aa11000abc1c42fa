//! The system of this team: orders that are packed, shipped and cancelled, over HTTP. It ends when its input does.
//!
//! Does not: keep anything.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// An order: its name, the item, and how often somebody has looked at it.
struct Order {
    name: String,
    item: String,
    looks: u32,
}

/// A request, as far as this shop understands it.
struct Request {
    method: String,
    path: String,
    is_ours: bool,
    body: String,
}

fn main() -> std::io::Result<()> {
    let token = std::env::var("SHOP_TOKEN").unwrap_or_default();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    // Whoever started this shop holds the other end: when it is gone, nobody needs the shop.
    std::thread::spawn(|| {
        std::io::stdin().read_to_end(&mut Vec::new()).ok();
        std::process::exit(0);
    });
    let mut orders: BTreeMap<u32, Order> = BTreeMap::new();
    for stream in listener.incoming().flatten() {
        if let Some(request) = read(&stream, &token) {
            let (status, body) = answer(&request, &mut orders);
            write(stream, status, &body).ok();
        }
    }
    Ok(())
}

fn answer(request: &Request, orders: &mut BTreeMap<u32, Order>) -> (u16, String) {
    if !request.is_ours {
        return (401, r#"{"code":"WHO_ARE_YOU"}"#.to_owned());
    }
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let id = path.strip_prefix("/orders/").and_then(|id| id.parse::<u32>().ok());
    match (request.method.as_str(), path, id) {
        ("POST", "/orders", _) => {
            let (Some(name), Some(item)) = (text(&request.body, "name"), text(&request.body, "item")) else {
                return (422, r#"{"code":"NAME_AND_ITEM"}"#.to_owned());
            };
            let id = orders.keys().next_back().map_or(1, |last| last + 1);
            orders.insert(id, Order { name, item, looks: 0 });
            (201, shown(id, &orders[&id]))
        }
        ("GET", "/orders", _) => {
            let name = query.strip_prefix("name=").unwrap_or_default();
            let found = orders.iter().filter(|(_, order)| order.name == name);
            let found: Vec<String> = found.map(|(id, order)| shown(*id, order)).collect();
            (200, format!(r#"{{"orders":[{}]}}"#, found.join(",")))
        }
        ("GET", _, Some(id)) => match orders.get_mut(&id) {
            Some(order) => {
                order.looks += 1;
                (200, shown(id, order))
            }
            None => (404, r#"{"code":"NO_ORDER"}"#.to_owned()),
        },
        ("DELETE", _, Some(id)) if orders.remove(&id).is_some() => (200, r#"{"cancelled":true}"#.to_owned()),
        _ => (404, r#"{"code":"NO_ORDER"}"#.to_owned()),
    }
}

/// Packing takes a while: two looks.
fn shown(id: u32, order: &Order) -> String {
    let state = if order.looks > 2 { "shipped" } else { "packing" };
    let Order { name, item, .. } = order;
    format!(r#"{{"id":{id},"name":"{name}","item":"{item}","state":"{state}"}}"#)
}

/// The text of a key in a flat JSON object, without escapes.
fn text(body: &str, key: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("\"{key}\""))?;
    let (_, rest) = rest.split_once('"')?;
    let (text, _) = rest.split_once('"')?;
    Some(text.to_owned())
}

fn read(stream: &TcpStream, token: &str) -> Option<Request> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let (mut is_ours, mut length) = (false, 0);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        match header.trim().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().ok()?
            }
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                is_ours = value.strip_prefix("Bearer ") == Some(token);
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body).ok()?;
    Some(Request { method, path, is_ours, body })
}

fn write(mut stream: TcpStream, status: u16, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} .\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}
