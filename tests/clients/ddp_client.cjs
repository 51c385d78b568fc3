// A whole conversation held with the published @rocket.chat/ddp-client: an agent and a visitor, each
// with a connection of their own. What they saw goes to standard output as one JSON object.
//
// usage: node ddp_client.cjs SERVER_URL AGENT PASSWORD

const { createHash } = require("node:crypto");
globalThis.WebSocket = require("ws");
const { DDPSDK } = require("@rocket.chat/ddp-client");
const {
  LivechatClientImpl,
} = require("@rocket.chat/ddp-client/dist/livechat/LivechatClientImpl.js");

const [url, username, password] = process.argv.slice(2);
const digest = createHash("sha256").update(password).digest("hex");

// Resolves with the first value that fits; whoever waits longer than the test is stopped by it.
function arrival() {
  const waiting = [];
  const come = [];
  return {
    note: (value) => {
      come.push(value);
      for (const look of waiting) look();
    },
    wait: (fits) =>
      new Promise((resolve) => {
        const look = () => {
          const found = come.find(fits);
          if (found !== undefined) resolve(found);
        };
        waiting.push(look);
        look();
      }),
  };
}

async function main() {
  const seen = {};
  const agent = await DDPSDK.createAndConnect(url);
  await agent.account.loginWithPassword(username, digest);
  seen.agent = agent.account.uid;
  const queued = arrival();
  await agent.stream("livechat-inquiry-queue-observer", "public", queued.note).ready();

  const visitor = LivechatClientImpl.create(url);
  await visitor.connection.connect();
  await visitor.login({
    visitor: { token: `ddp-client-${Date.now()}`, name: "Ada Example", email: "ada@example.org" },
  });
  const room = await visitor.room({});
  seen.room = room._id;
  const inquiry = await queued.wait((each) => each.rid === room._id);
  seen.inquiry = inquiry.status;

  const forVisitor = arrival();
  const forAgent = arrival();
  const typing = arrival();
  const served = arrival();
  visitor.onMessage(forVisitor.note);
  visitor.onAgentChange(room._id, served.note);
  await visitor.subscribeRoom(room._id);

  await agent.rest.post("/v1/livechat/inquiries.take", { inquiryId: inquiry._id });
  seen.servedBy = (await served.wait(() => true)).username;
  await agent.stream("room-messages", room._id, forAgent.note).ready();
  await agent
    .stream("notify-room", `${room._id}/user-activity`, (...args) => typing.note(args))
    .ready();

  await visitor.notifyVisitorActivity(room._id, "Ada Example", ["user-typing"]);
  seen.typing = await typing.wait((each) => each[1].length > 0);
  await visitor.sendMessage({ rid: room._id, msg: "Where is my desk?" });
  const question = await forAgent.wait((each) => each.msg === "Where is my desk?");
  seen.question = { hasDate: "$date" in question.ts, token: question.token !== undefined };

  await agent.call("sendMessage", { _id: `${room._id.slice(0, 8)}-answer`, rid: room._id, msg: "On its way" });
  const answer = await forVisitor.wait((each) => each.msg === "On its way");
  seen.answer = { id: answer._id, by: answer.u.username };
  seen.history = (await visitor.loadMessages(room._id, {})).map((each) => each.msg);

  await visitor.closeChat({ rid: room._id });
  const close = await forAgent.wait((each) => each.t === "livechat-close");
  seen.closed = close.t;

  visitor.connection.close();
  await agent.account.logout();
  agent.connection.close();
  console.log(JSON.stringify(seen));
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
