// A bot of the published @rocket.chat/sdk that answers in conversations it serves. It says "ready" on
// standard output when it listens, then one line of JSON for each message that it answers, until
// standard input ends.
//
// usage: ROCKETCHAT_URL=... ROCKETCHAT_USER=... ROCKETCHAT_PASSWORD=... LISTEN_ON_LIVECHAT=true node sdk_bot.cjs

const { driver } = require("@rocket.chat/sdk");

driver.useLog({ debug() {}, info() {}, warning() {}, warn() {}, error: console.error });

async function main() {
  await driver.connect();
  const id = await driver.login();
  await driver.subscribeToMessages();
  await driver.respondToMessages(
    async (error, message, meta) => {
      if (error || message.t) return;
      const sent = await driver.sendToRoomId(`You said: ${message.msg}`, message.rid);
      console.log(JSON.stringify({ heard: message.msg, in: meta.roomType, sent: sent.msg }));
    },
    { livechat: true, dm: false, edited: false, allPublic: false, rooms: [] },
  );
  console.log(`ready ${id}`);
  process.stdin.resume();
  process.stdin.on("end", async () => {
    await driver.disconnect();
    process.exit(0);
  });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
