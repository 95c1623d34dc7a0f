"""The focus ring: drawn by one overlay around whatever has the focus by keyboard."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ui.look import Look

_WIDTH, _GAP, _RADIUS = 3, 2, 10


class FocusRing(QWidget):
    """A ring of text colour, 3 wide with a gap of 2; every press goes through it."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._around: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("")
        self.hide()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._around is not None and isValid(self._around):
            self._around.removeEventFilter(self)
        self._around = None
        parent = self.parentWidget()
        if new is None or parent is None or not parent.isAncestorOf(new):
            self.hide()
            return
        if new.focusPolicy() & Qt.FocusPolicy.TabFocus and not new.inherits("QLineEdit"):
            self._around = new
            new.installEventFilter(self)
            new.destroyed.connect(self._gone)
            self._place()
        else:
            self.hide()

    def _gone(self) -> None:
        """Hide where it was this that ended, and not what had the focus before."""
        if self._around is None or not isValid(self._around):
            self._around = None
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move with the widget."""
        if watched is self._around and event.type() in {
            QEvent.Type.Move,
            QEvent.Type.Resize,
            QEvent.Type.Show,
            QEvent.Type.Hide,
        }:
            self._place()
        return False

    def _place(self) -> None:
        around, parent = self._around, self.parentWidget()
        if around is None or parent is None or not around.isVisible():
            self.hide()
            return
        out = self._look.px(_WIDTH + _GAP)
        corner = around.mapTo(parent, QPoint(0, 0))
        place = QRect(corner, around.size()).adjusted(-out, -out, out, out)
        self.setGeometry(place)
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self._look.px(_WIDTH)
        painter.setPen(QPen(QColor(self._look.palette.text), width))
        inset = width // 2 + 1
        radius = self._look.px(_RADIUS)
        painter.drawRoundedRect(self.rect().adjusted(inset, inset, -inset, -inset), radius, radius)
