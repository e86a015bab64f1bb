// The shapes of content templates. The server keeps none yet: absent.ts says which methods that concerns.

export type ContentDataReply = { readonly title: string; readonly id?: string };
export type ContentDataActionUrl = {
  readonly type: "url";
  readonly title: string;
  readonly url: string;
  readonly rawData: string;
};
export type ContentDataActionPhone = {
  readonly type: "phone";
  readonly title: string;
  readonly phone: string;
  readonly rawData: string;
};
export type ContentDataActionReply = {
  readonly type: "reply";
  readonly title: string;
  readonly id?: string;
  readonly index: number;
  readonly rawData: string;
};
export type ContentDataActionOther = { readonly type: "other"; readonly rawData: string };
export type ContentDataAction =
  ContentDataActionUrl | ContentDataActionPhone | ContentDataActionReply | ContentDataActionOther;
export type ContentDataListItem = { readonly id: string; readonly item: string; readonly description?: string };
export type ContentDataText = { readonly type: "text"; readonly body: string; readonly rawData: string };
export type ContentDataMedia = {
  readonly type: "media";
  readonly body?: string;
  readonly media: string[];
  readonly rawData: string;
};
export type ContentDataLocation = {
  readonly type: "location";
  readonly longitude: number;
  readonly latitude: number;
  readonly label?: string;
  readonly rawData: string;
};
export type ContentDataQuickReply = {
  readonly type: "quickReply";
  readonly body: string;
  readonly replies: ContentDataReply[];
  readonly rawData: string;
};
export type ContentDataCallToAction = {
  readonly type: "callToAction";
  readonly body: string;
  readonly actions: ContentDataAction[];
  readonly rawData: string;
};
export type ContentDataListPicker = {
  readonly type: "listPicker";
  readonly body: string;
  readonly button: string;
  readonly items: ContentDataListItem[];
  readonly rawData: string;
};
export type ContentDataCard = {
  readonly type: "card";
  readonly title: string;
  readonly subtitle?: string;
  readonly media: string[];
  readonly actions: ContentDataAction[];
  readonly rawData: string;
};
export type ContentDataOther = { readonly type: "other"; readonly rawData: string };
export type ContentData =
  | ContentDataText
  | ContentDataMedia
  | ContentDataLocation
  | ContentDataQuickReply
  | ContentDataCallToAction
  | ContentDataListPicker
  | ContentDataCard
  | ContentDataOther;

/** A blank of a template. */
export class ContentTemplateVariable {
  constructor(
    readonly name: string,
    readonly value: string,
  ) {}

  /** The same blank, filled otherwise. */
  copyWithValue(value: string): ContentTemplateVariable {
    return new ContentTemplateVariable(this.name, value);
  }
}

/** A message prepared beforehand, in variants for different channels. */
export class ContentTemplate {
  readonly sid: string;
  readonly friendlyName: string;
  readonly variables: ContentTemplateVariable[];
  readonly variants: Map<string, ContentData>;
  readonly dateCreated: Date;
  readonly dateUpdated: Date;

  /** @internal */
  constructor(template: {
    sid: string;
    friendlyName: string;
    variables: ContentTemplateVariable[];
    variants: Map<string, ContentData>;
    dateCreated: Date;
    dateUpdated: Date;
  }) {
    this.sid = template.sid;
    this.friendlyName = template.friendlyName;
    this.variables = template.variables;
    this.variants = template.variants;
    this.dateCreated = template.dateCreated;
    this.dateUpdated = template.dateUpdated;
  }
}

/** What a channel says of a message besides its content. */
export class ChannelMetadata {
  /** @internal */
  constructor(
    readonly type: string,
    readonly data: unknown,
  ) {}
}
