// Prints an access token: node token.mjs IDENTITY SERVICE
import { account, apiKey, twilio } from './parley.mjs';

const [identity, serviceSid] = process.argv.slice(2);
const token = new twilio.jwt.AccessToken(account, apiKey.sid, apiKey.secret, { identity });
token.addGrant(new twilio.jwt.AccessToken.ChatGrant({ serviceSid }));
console.log(token.toJwt());
