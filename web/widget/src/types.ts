// What crosses the wire, as far as the widget looks at it.

export type Time = string | number | { $date: number };

export interface Department {
  _id: string;
  name: string;
  showOnRegistration?: boolean;
  showOnOfflineForm?: boolean;
}

export interface CustomField {
  _id: string;
  label: string;
  type?: "input" | "select";
  options?: string[];
  required?: boolean;
  regexp?: string;
  defaultValue?: string | null;
}

export interface Trigger {
  _id: string;
  runOnce?: boolean;
  conditions: { name: string; value?: string | null }[];
  actions: {
    name: string;
    params?: {
      sender?: "queue" | "custom";
      name?: string | null;
      msg?: string;
      serviceFallbackMessage?: string;
    } | null;
  }[];
}

export interface CustomEmoji {
  name: string;
  aliases?: string[];
  extension: string;
}

export interface Guest {
  _id: string;
  username: string;
  token: string;
  name?: string;
  visitorEmails?: { address: string }[];
  department?: string;
}

export interface Room {
  _id: string;
  open?: boolean;
  departmentId?: string;
  servedBy?: { _id: string; username?: string };
}

export interface Agent {
  _id?: string;
  name?: string;
  username?: string;
  status?: string;
  emails?: { address: string }[];
  phone?: unknown;
  hiddenInfo?: boolean;
}

export interface QueueInfo {
  spot: number;
  message?: { text?: string };
  estimatedWaitTimeSeconds?: number;
}

export interface Theme {
  title?: string;
  color?: string;
  offlineTitle?: string;
  offlineColor?: string;
  position?: "left" | "right";
  background?: string;
  hideExpandChat?: boolean;
  fontColor?: string;
  iconColor?: string;
  guestBubbleBackgroundColor?: string;
  agentBubbleBackgroundColor?: string;
  hideGuestAvatar?: boolean;
  hideAgentAvatar?: boolean;
}

export interface Config {
  enabled: boolean;
  online?: boolean;
  settings: {
    registrationForm?: boolean;
    nameFieldRegistrationForm?: boolean;
    emailFieldRegistrationForm?: boolean;
    displayOfflineForm?: boolean;
    forceAcceptDataProcessingConsent?: boolean;
    fileUpload?: boolean;
    allowSwitchingDepartments?: boolean;
    showConnecting?: boolean;
    agentHiddenInfo?: boolean;
    clearLocalStorageWhenChatEnded?: boolean;
    limitTextLength?: number | false;
    hiddenSystemMessages?: string[];
    hideWatermark?: boolean;
    livechatLogo?: { url?: string };
    transcript?: boolean;
    visitorsCanCloseChat?: boolean;
    language?: string;
    historyMonitorType?: string;
  };
  theme: Theme;
  messages: Record<string, string | undefined>;
  survey?: { items: string[]; values: string[] };
  triggers?: Trigger[];
  departments: Department[];
  customFields?: CustomField[];
  resources?: { sound?: string; emojis?: CustomEmoji[] };
  guest?: Guest;
  room?: Room;
  agent?: Agent;
  queueInfo?: QueueInfo | null;
}

export interface Attachment {
  title?: string;
  text?: string;
  description?: string;
  title_link?: string;
  image_url?: string;
  image_dimensions?: { width: number; height: number };
  audio_url?: string;
  video_url?: string;
  author_name?: string;
}

// A node of the server's reading of a text.
export interface Markup {
  type: string;
  value?: unknown;
  level?: number;
  unicode?: string;
  shortCode?: string;
  number?: number;
}

export interface Message {
  _id: string;
  rid?: string;
  msg: string;
  ts: Time;
  u: { _id?: string; username?: string; name?: string };
  alias?: string;
  t?: string;
  md?: Markup[];
  attachments?: Attachment[];
  file?: { _id: string; name: string; type?: string; size?: number };
  editedAt?: Time;
  _updatedAt?: Time;
  tmid?: string;
  replies?: string[];
  tcount?: number;
  transcriptRequested?: boolean;
  transferData?: {
    scope?: string;
    transferredBy?: { name?: string; username?: string };
    transferredTo?: { name?: string; username?: string };
    nextDepartment?: { name?: string };
  };
  comment?: string;
}

// A message that the server has not confirmed yet.
export interface Outgoing {
  _id: string;
  msg: string;
  ts: number;
  // Absent until there is a conversation: the message starts one.
  rid?: string;
  failed?: string;
  agent?: { agentId: string; username: string };
}

export interface Upload {
  id: string;
  file: File;
  progress: number;
  failed?: string;
}
