// A picture and a PDF made on the spot, so that a newcomer has something to send.
import { t } from './i18n.js';
import { clockSeconds, longDate } from './time.js';

const SCENES = [
  ['#f6c177', '#e0874f', '#5b6b7b'],
  ['#9fd3e6', '#5aa0c8', '#4c5d52'],
  ['#c9b6e4', '#8a6fb8', '#54506a'],
  ['#b8dfb0', '#6faf6a', '#6b5e4f'],
];
let made = 0;

/** A works with chimneys under a coloured sky, stamped with number and time so that two are told apart. */
export async function samplePhoto(now) {
  made += 1;
  const canvas = Object.assign(document.createElement('canvas'), { width: 960, height: 720 });
  const pen = canvas.getContext('2d');
  const [top, bottom, works] = SCENES[made % SCENES.length];
  const sky = pen.createLinearGradient(0, 0, 0, 720);
  sky.addColorStop(0, top);
  sky.addColorStop(1, bottom);
  pen.fillStyle = sky;
  pen.fillRect(0, 0, 960, 720);
  pen.fillStyle = 'rgba(255,255,255,.75)';
  pen.beginPath();
  pen.arc(720, 170, 70, 0, Math.PI * 2);
  pen.fill();
  drawWorks(pen, works);
  pen.fillStyle = '#fff';
  pen.font = '600 44px sans-serif';
  pen.fillText(`${t('sampleNote')} ${made}`, 40, 640);
  pen.font = '30px sans-serif';
  pen.fillText(`${longDate(now)} ${clockSeconds(now)}`, 40, 686);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.86));
  return new File([blob], `sample-${made}.jpg`, { type: 'image/jpeg' });
}

function drawWorks(pen, colour) {
  pen.fillStyle = colour;
  pen.fillRect(0, 560, 960, 160);
  pen.fillRect(120, 400, 260, 170);
  pen.fillRect(420, 450, 380, 120);
  for (const [x, y] of [[160, 220], [240, 270], [560, 310]]) pen.fillRect(x, y, 44, 570 - y);
  pen.fillStyle = 'rgba(255,255,255,.4)';
  for (const [x, y, r] of [[190, 180, 34], [230, 140, 46], [600, 262, 36], [640, 226, 44]]) {
    pen.beginPath();
    pen.arc(x, y, r, 0, Math.PI * 2);
    pen.fill();
  }
  pen.fillStyle = 'rgba(255,255,255,.55)';
  for (let x = 450; x < 780; x += 60) pen.fillRect(x, 485, 30, 34);
}

/** The smallest PDF that readers accept; its table of offsets is counted, not guessed. */
export function samplePdf(now) {
  made += 1;
  const stamp = new Date(now).toISOString().slice(0, 10);
  const stream = `BT /F1 24 Tf 72 720 Td (Sample document ${made}) Tj 0 -36 Td /F1 14 Tf (${stamp}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const tail = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return new File([body + tail], `sample-${made}.pdf`, { type: 'application/pdf' });
}

export async function sampleSticker() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 512, height: 512 });
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#ffd54a';
  pen.beginPath();
  pen.arc(256, 256, 220, 0, Math.PI * 2);
  pen.fill();
  pen.fillStyle = '#5b4300';
  for (const x of [180, 332]) {
    pen.beginPath();
    pen.arc(x, 210, 28, 0, Math.PI * 2);
    pen.fill();
  }
  pen.lineWidth = 26;
  pen.lineCap = 'round';
  pen.strokeStyle = '#5b4300';
  pen.beginPath();
  pen.arc(256, 270, 110, 0.2 * Math.PI, 0.8 * Math.PI);
  pen.stroke();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/webp'));
  return new File([blob], 'sticker.webp', { type: 'image/webp' });
}
