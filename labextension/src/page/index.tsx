import { createRoot } from 'react-dom/client';
import '../../style/page/index.css';
import { Page } from './Page';
import { startTheme } from './theme';

startTheme();
const place = document.getElementById('page');
if (place !== null) {
  createRoot(place).render(<Page />);
}
