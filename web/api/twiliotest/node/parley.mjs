// Twilio's library for Node, talking to a Parley: nothing of a request but its origin is changed.
import twilio from 'twilio';

const RequestClient = twilio.RequestClient;

const { PARLEY_URL, PARLEY_ACCOUNT, PARLEY_AUTH_TOKEN, PARLEY_API_KEY, PARLEY_API_SECRET } = process.env;
export const url = PARLEY_URL;
export const account = PARLEY_ACCOUNT;
export const apiKey = { sid: PARLEY_API_KEY, secret: PARLEY_API_SECRET };

class Moved extends RequestClient {
  requests = 0;

  async request(options) {
    const to = options.uri.replace(/^https:\/\/[^/]*/, PARLEY_URL);
    // The addresses in answers are Parley's own already, and stay.
    const response = await super.request({ ...options, uri: to });
    this.last = response;
    this.requests++;
    return response;
  }
}

export const transport = new Moved();
export const client = twilio(PARLEY_ACCOUNT, PARLEY_AUTH_TOKEN, { httpClient: transport });
export const byKey = twilio(PARLEY_API_KEY, PARLEY_API_SECRET, { accountSid: PARLEY_ACCOUNT, httpClient: transport });
export { twilio };
