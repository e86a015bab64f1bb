/** Pictures of 24 by 24, drawn with a line as thick as letters are. */
const paths = {
  attach: "m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4L14.5 7.5",
  auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 0v18M12 8h7.5M12 12h9M12 16h7.5",
  back: "m15 5-7 7 7 7",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  close: "M6 6l12 12M18 6 6 18",
  dark: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z",
  door: "M14 4H6v16h8M10 12h10m-3.5-3.5L20 12l-3.5 3.5",
  down: "M12 5v14m6-6-6 6-6-6",
  file: "M6 3h8l4 4v14H6ZM14 3v4h4",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v5M12 7.8v.2",
  light:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M19 5l-1.4 1.4M6.4 17.6 5 19",
  mute: "M6 16v-5a6 6 0 0 1 9-5.2M18 10v6H7M10 20h4M4 4l16 16",
  pencil: "m4 20 1-4L16 5l3 3L8 19ZM13.5 7.5l3 3",
  plus: "M12 5v14M5 12h14",
  reply: "M10 6 4 12l6 6M4 12h9a7 7 0 0 1 7 7",
  send: "M4 12 20 4l-5 16-4-7Zm7 1 4-4",
};

export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
